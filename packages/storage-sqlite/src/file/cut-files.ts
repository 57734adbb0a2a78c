import { readFileSync, readSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import type { StoreFile } from './store-file.js'

/**
 * The header of SQLite's index of its log, in the byte order of the machine: where it says how long
 * pages are, and how many the log has.
 */
const INDEX_HEADER_BYTES = 48
const PAGE_SIZE_AT = 14
const FRAMES_AT = 16
const PAGES_AT = 20
/** What the log has before its first page, and before each. */
const LOG_HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24

const TRIES = 10

/**
 * Whether the log, of so many bytes a moment ago, has all that SQLite believes to be in it. One
 * that was cut (`> store.db-wal`) still grows at its old end, and with the hole before that, nothing
 * that is added can be read again.
 */
export function isLogWhole(log: string, size: number, index: StoreFile): boolean {
  if (size >= logLengthBy(headerOf(index))) return true
  // Others write meanwhile: a log that is emptied after its index was read is no shorter than it
  // should be.
  for (let tries = 0; tries < TRIES; tries += 1) {
    const before = Buffer.from(headerOf(index))
    const now = statSync(log, { throwIfNoEntry: false })?.size ?? 0
    if (now >= logLengthBy(before)) return true
    if (headerOf(index).equals(before)) return false
  }
  return true
}

const byte = new Uint8Array(1)

/**
 * The same by reading, which costs less: on Linux, asking for a file's times makes the next write
 * to it change them, and the disk wait for that too. False where it is not sure.
 */
export function logReaches(log: StoreFile, index: StoreFile): boolean {
  const length = logLengthBy(headerOf(index))
  return length === 0 || readSync(log.handle.fd, byte, 0, 1, length - 1) === 1
}

/**
 * Whether a database file was cut (`> store.db`): it became shorter than it was, and than SQLite
 * believes it to be.
 */
export class FileLength {
  #longest = 0

  isWhole(size: number, index: StoreFile): boolean {
    // Another program may have packed it. Pages that only the log has are no part of it yet.
    if (size < this.#longest && size < databaseLengthBy(headerOf(index))) return false
    this.#longest = size
    return true
  }
}

/**
 * Makes what is left of a cut log a new one, which SQLite reads as far as it goes. What is open
 * keeps an empty one: closing would copy into the database what it finds at the places of the lost
 * pages. Other processes see that their files are gone.
 */
export function renewCutLog(opened: string): void {
  const log = `${opened}-wal`
  const left = readFileSync(log)
  truncateSync(log)
  for (const path of [log, `${opened}-shm`]) rmSync(path)
  if (left.length > 0) writeFileSync(log, left, { flag: 'wx', mode: 0o600, flush: true })
}

/** One for all, since it is read at every call: good until the next reading. */
const header = Buffer.alloc(INDEX_HEADER_BYTES)

function headerOf(index: StoreFile): Buffer {
  readSync(index.handle.fd, header, 0, INDEX_HEADER_BYTES, 0)
  return header
}

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

function numbersOf(header: Buffer): { pageSize: number; frames: number; pages: number } {
  const [pageSize, frames, pages] = isLittleEndian
    ? [header.readUInt16LE(PAGE_SIZE_AT), header.readUInt32LE(FRAMES_AT), header.readUInt32LE(PAGES_AT)]
    : [header.readUInt16BE(PAGE_SIZE_AT), header.readUInt32BE(FRAMES_AT), header.readUInt32BE(PAGES_AT)]
  // 65,536 does not fit, and is written as 1.
  return { pageSize: pageSize === 1 ? 65_536 : pageSize, frames, pages }
}

function logLengthBy(header: Buffer): number {
  const { pageSize, frames } = numbersOf(header)
  return frames === 0 ? 0 : LOG_HEADER_BYTES + frames * (FRAME_HEADER_BYTES + pageSize)
}

function databaseLengthBy(header: Buffer): number {
  const { pageSize, pages } = numbersOf(header)
  return pages * pageSize
}
