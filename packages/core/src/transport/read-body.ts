import { setImmediate } from 'node:timers/promises'
import type { Answer } from './answer.js'

/** Thrown while an answer is read that is longer than allowed; the rest is not read. */
export class BodyTooLongError extends Error {}

/**
 * So little is worked on at once that others get their turn within milliseconds, whatever it holds.
 */
const PIECE_BYTES = 4_096

/** Reads an answer, counting after decompression, and stops at the limit. */
export async function readText(answer: Answer, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of readChunks(answer, maxBytes)) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * Does the same in small pieces, with a turn for everybody else between two of them. Ends with the
 * reason of `signal` once it fires.
 */
export async function* readPieces(
  answer: Answer,
  maxBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  let isFirst = true
  for await (const chunk of readChunks(answer, maxBytes)) {
    for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
      if (!isFirst) await setImmediate()
      isFirst = false
      signal.throwIfAborted()
      yield chunk.subarray(from, from + PIECE_BYTES)
    }
  }
  signal.throwIfAborted()
}

async function* readChunks({ body }: Answer, maxBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  if (body === null) return
  let bytes = 0
  // What Node has in place of a `Response` lets go of its connection by itself.
  const chunks: AsyncIterable<Uint8Array> = 'getReader' in body ? readStream(body) : body
  for await (const chunk of chunks) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw new BodyTooLongError(`longer than ${maxBytes} bytes`)
    yield chunk
  }
}

async function* readStream(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    // Whoever stops early wants no more of it; a connection that is gone cannot be told.
    void reader.cancel().catch(() => undefined)
  }
}
