import type { Answer } from '../requests/answer.js'
import { type Connection, firstHalf, piecesOf } from './connection.js'

/** A request that never leaves the process. Lost connections reject as undici's do. */
export class InProcessConnection implements Connection {
  readonly remoteAddress = '127.0.0.1'
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined

  readonly #request: Request

  constructor(request: Request, signal: AbortSignal | undefined) {
    this.#request = request
    this.headers = Object.fromEntries(request.headers)
    this.signal = signal
  }

  async *body(): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#request.body !== null) yield* this.#request.body
  }

  send(answer: Answer): Response {
    return new Response(answer.body ?? null, answer)
  }

  drip(answer: Answer, pieceBytes: number, wait: () => Promise<void>): Response {
    const pieces = piecesOf(answer, pieceBytes)
    let isFirst = true
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { value, done } = pieces.next()
        if (done) return controller.close()
        if (!isFirst) await wait()
        isFirst = false
        controller.enqueue(value)
      },
    })
    return new Response(body, answer)
  }

  cut(answer: Answer): Response {
    const half = new TextEncoder().encode(firstHalf(answer.body))
    let sent = false
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent)
          controller.error(new TypeError('terminated', { cause: socketError('UND_ERR_SOCKET', 'other side closed') }))
        else controller.enqueue(half)
        sent = true
      },
    })
    return new Response(body, answer)
  }

  reset(): never {
    throw new TypeError('fetch failed', { cause: socketError('ECONNRESET', 'read ECONNRESET') })
  }
}

function socketError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code })
}
