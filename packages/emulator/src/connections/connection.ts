import type { Answer } from '../requests/answer.js'

/** The line on which one request came in and its answer leaves: a function call or a socket. */
export interface Connection {
  readonly remoteAddress: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** Fires when the caller gives up. */
  readonly signal: AbortSignal | undefined
  /** The request's body as it comes, and no more of it than is asked for. */
  body(): AsyncIterable<Uint8Array>
  send(answer: Answer): Response
  /**
   * Sends the body in pieces of `pieceBytes`, with a wait between them; stops when `wait` rejects.
   */
  drip(answer: Answer, pieceBytes: number, wait: () => Promise<void>): Response
  /** Sends the head and half of the body, then loses the connection. */
  cut(answer: Answer): Response
  /** Loses the connection without any answer. */
  reset(): Response
}

/** Cuts a body into pieces of `pieceBytes`. */
export function* piecesOf(answer: Answer, pieceBytes: number): Generator<Uint8Array> {
  const bytes = new TextEncoder().encode(answer.body ?? '')
  for (let offset = 0; offset < bytes.length; offset += pieceBytes) yield bytes.subarray(offset, offset + pieceBytes)
}

export function firstHalf(body: string | undefined): string {
  return (body ?? '').slice(0, Math.floor((body ?? '').length / 2))
}
