import type { FileHandle } from 'node:fs/promises'
import { corruptError } from '../errors.js'

/**
 * `CSCA`: in the header of every store, so that it is told from another program's database, and a
 * newer store from a damaged one.
 */
export const APPLICATION_ID = 0x43_53_43_41

const HEADER_BYTES = 100
const MAGIC = 'SQLite format 3\0'
const WAL_MAGIC = 0x377f0682
const WAL_HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
/** As much of a write-ahead log as is looked at. */
const WAL_BYTES = 1_048_576

export interface Header {
  readonly isOurs: boolean
  readonly userVersion: number
}

/**
 * What a database's header says, read without SQLite, which would leave files of its own beside it;
 * `undefined` where the file is empty. Fields that SQLite always writes alike are checked, so that
 * no damaged number is believed.
 * @throws StorageError `storage_corrupt`
 */
export async function readHeader(
  file: FileHandle,
  wal: FileHandle | undefined,
  path: string,
): Promise<Header | undefined> {
  const header = await readStart(file, HEADER_BYTES)
  const log = wal && (await readStart(wal, WAL_BYTES))
  if (header.length === 0) {
    if (log === undefined || log.length === 0) return undefined
    throw corruptError(path, `it is empty, but ${path}-wal beside it is not`)
  }
  if (header.toString('latin1', 0, MAGIC.length) !== MAGIC) throw corruptError(path, 'it is no SQLite database')
  if (header.length < HEADER_BYTES || !isSound(header)) throw corruptError(path, 'its header is damaged')
  const isOurs = applicationIdOf(header) === APPLICATION_ID
  if (isOurs && log !== undefined && !isLogOf(header, log)) {
    throw corruptError(path, `${path}-wal belongs to another database`)
  }
  return { isOurs, userVersion: header.readUInt32BE(60) }
}

async function readStart(file: FileHandle, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0)
  return buffer.subarray(0, bytesRead)
}

const applicationIdOf = (header: Buffer) => header.readUInt32BE(68)
/** 1 stands for 65,536. */
const pageSizeOf = (header: Buffer) => (header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16))

function isSound(header: Buffer): boolean {
  const pageSize = pageSizeOf(header)
  const encoding = header.readUInt32BE(56)
  return (
    pageSize >= 512 &&
    (pageSize & (pageSize - 1)) === 0 &&
    [1, 2].includes(header[18] ?? 0) &&
    [1, 2].includes(header[19] ?? 0) &&
    header.subarray(21, 24).equals(Buffer.from([64, 32, 32])) &&
    header.readUInt32BE(44) <= 4 &&
    encoding <= 3 &&
    header.subarray(72, 92).every((byte) => byte === 0)
  )
}

/**
 * SQLite replays any log that lies beside a file. One of another database has pages of another
 * size, or a first page that is not a store's.
 */
function isLogOf(header: Buffer, log: Buffer): boolean {
  if (log.length < WAL_HEADER_BYTES || (log.readUInt32BE(0) & ~1) !== WAL_MAGIC) return true
  const pageSize = pageSizeOf(header)
  if (log.readUInt32BE(8) !== pageSize) return false
  const frame = FRAME_HEADER_BYTES + pageSize
  for (let at = WAL_HEADER_BYTES; at + frame <= log.length; at += frame) {
    const page = log.subarray(at + FRAME_HEADER_BYTES, at + frame)
    if (log.readUInt32BE(at) === 1) return applicationIdOf(page) === APPLICATION_ID
  }
  return true
}
