import type { Readable } from 'node:stream'

/** What is asked of an answer's headers; names are in lower case. */
export type AnswerHeaders = Pick<Headers, 'get'>

/**
 * An answer of HTTP whose body is still to be read: a `Response`, or what Node has in its place.
 */
export interface Answer {
  readonly status: number
  /** Whether the status is 2xx. */
  readonly ok: boolean
  readonly headers: AnswerHeaders
  readonly body: ReadableStream<Uint8Array> | Readable | null
}

/** Reads no more of an answer; a connection that is gone cannot be told. */
export function letGo({ body }: Answer): void {
  if (body === null) return
  if ('destroy' in body) body.destroy()
  else void body.cancel().catch(() => undefined)
}
