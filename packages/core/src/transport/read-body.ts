import { setImmediate } from 'node:timers/promises'

/** Thrown while an answer is read that is longer than allowed; the rest is not read. */
export class BodyTooLongError extends Error {}

/**
 * So little is worked on at once that others get their turn within milliseconds, whatever it holds.
 */
const PIECE_BYTES = 4_096

/** Reads an answer, counting after decompression, and stops at the limit. */
export async function readText(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of readChunks(response, maxBytes)) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * Does the same in small pieces, with a turn for everybody else between two of them. Ends with the
 * reason of `signal` once it fires.
 */
export async function* readPieces(
  response: Response,
  maxBytes: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  let isFirst = true
  for await (const chunk of readChunks(response, maxBytes)) {
    for (let from = 0; from < chunk.length; from += PIECE_BYTES) {
      if (!isFirst) await setImmediate()
      isFirst = false
      signal.throwIfAborted()
      yield chunk.subarray(from, from + PIECE_BYTES)
    }
  }
  signal.throwIfAborted()
}

async function* readChunks(response: Response, maxBytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  if (response.body === null) return
  const reader = response.body.getReader()
  let bytes = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      bytes += value.byteLength
      if (bytes > maxBytes) throw new BodyTooLongError(`longer than ${maxBytes} bytes`)
      yield value
    }
  } finally {
    // Whoever stops early wants no more of it; a connection that is gone cannot be told.
    void reader.cancel().catch(() => undefined)
  }
}
