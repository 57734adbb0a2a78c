import type { Answer } from './answer.js'

/** The line on which one request came in and its answer leaves: a function call or a socket. */
export interface Connection {
  readonly remoteAddress: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Fires when the caller gives up. */
  readonly signal: AbortSignal | undefined
  send(answer: Answer): Response
  /** Sends the body in pieces of `pieceBytes`, `wait` between them. */
  drip(answer: Answer, pieceBytes: number, wait: () => Promise<void>): Response
  /** Sends the head and half of the body, then loses the connection. */
  cut(answer: Answer): Response
  /** Loses the connection without any answer. */
  reset(): Response
}

/** The body in pieces, as a stream that stops when its reader does. */
export function dripStream(answer: Answer, pieceBytes: number, wait: () => Promise<void>): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(answer.body ?? '')
  let offset = 0
  return new ReadableStream({
    async pull(controller) {
      if (offset > 0) await wait()
      controller.enqueue(bytes.subarray(offset, offset + pieceBytes))
      offset += pieceBytes
      if (offset >= bytes.length) controller.close()
    },
  })
}

export function firstHalf(body: string | undefined): string {
  return (body ?? '').slice(0, Math.floor((body ?? '').length / 2))
}
