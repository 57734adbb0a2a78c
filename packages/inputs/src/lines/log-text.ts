import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { BINARY_BYTES, isGzip, SIGNATURE_BYTES, UnreadableLogError, whyBinary, whyUnreadable } from './log-format.js'
import { resumed } from './resumed.js'

/** No text has a NUL so early; later ones may be what a crash left behind. */
const LOOKED_AT = 65_536

export interface LogTextOptions {
  /**
   * Zeros at its beginning are passed on, too, for whoever refuses their lines. Default: `false`.
   */
  readonly zeros?: boolean
}

/**
 * Gives the text of a log, piece by piece, whatever its length: UTF-8, also compressed with gzip,
 * which its content tells and not its name. What is no UTF-8 in it becomes U+FFFD.
 *
 * @throws UnreadableLogError by the log's name, when it is no text or its compression is broken or
 * cut.
 */
export async function* logText(
  bytes: AsyncIterable<Uint8Array>,
  log: string,
  options: LogTextOptions = {},
): AsyncGenerator<string> {
  const [start, all] = await peek(bytes)
  if (!isGzip(start)) return yield* plainText(start, all, log, options)
  const [unpackedStart, unpacked] = await peek(gunzip(all, log))
  if (isGzip(unpackedStart)) throw new UnreadableLogError(log, 'it is compressed twice; unpack it first: gzip -dc')
  yield* plainText(unpackedStart, unpacked, log, options)
}

async function* plainText(
  start: Uint8Array,
  bytes: AsyncIterable<Uint8Array>,
  log: string,
  { zeros = false }: LogTextOptions,
): AsyncGenerator<string> {
  const why = whyUnreadable(start)
  if (why !== undefined) throw new UnreadableLogError(log, why)
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  let seen = 0
  let head: Uint8Array = Buffer.alloc(0)
  let hasZeros = false
  for await (const piece of bytes) {
    if (head.length < BINARY_BYTES) head = Buffer.concat([head, piece.subarray(0, BINARY_BYTES)])
    hasZeros ||= !zeros && seen < LOOKED_AT && piece.subarray(0, LOOKED_AT - seen).includes(0)
    if (hasZeros && head.length >= BINARY_BYTES) break
    seen += piece.length
    if (!hasZeros) yield decoder.decode(piece, { stream: true })
  }
  if (hasZeros) throw new UnreadableLogError(log, whyBinary(head))
  yield decoder.decode()
}

async function* gunzip(bytes: AsyncIterable<Uint8Array>, log: string): AsyncGenerator<Uint8Array> {
  const unpacked = createGunzip()
  // Who reads what is unpacked meets the same error.
  const fed = pipeline(Readable.from(bytes, { objectMode: false }), unpacked).catch(() => {})
  try {
    for await (const piece of unpacked) yield piece
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (code === 'Z_BUF_ERROR') throw new UnreadableLogError(log, 'it is compressed with gzip, and its end is missing')
    if (code.startsWith('Z_')) throw new UnreadableLogError(log, 'it is compressed with gzip, and damaged')
    throw error
  } finally {
    unpacked.destroy()
    await fed
  }
}

/** The first bytes, and all of them. */
async function peek(bytes: AsyncIterable<Uint8Array>): Promise<[start: Uint8Array, all: AsyncIterable<Uint8Array>]> {
  const rest = bytes[Symbol.asyncIterator]()
  let start: Uint8Array = Buffer.alloc(0)
  while (start.length < SIGNATURE_BYTES) {
    const next = await rest.next()
    if (next.done === true) break
    start = Buffer.concat([start, next.value])
  }
  return [start, resumed(start, rest)]
}
