import type { Answer } from './answer.js'
import { type Connection, dripStream, firstHalf } from './connection.js'

/** A request that never leaves the process. Lost connections reject as undici's do. */
export class InProcessConnection implements Connection {
  readonly remoteAddress = '127.0.0.1'
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined

  constructor(headers: Headers, signal: AbortSignal | undefined) {
    this.headers = Object.fromEntries(headers)
    this.signal = signal
  }

  send(answer: Answer): Response {
    return new Response(answer.body ?? null, answer)
  }

  drip(answer: Answer, pieceBytes: number, wait: () => Promise<void>): Response {
    return new Response(dripStream(answer, pieceBytes, wait), answer)
  }

  cut(answer: Answer): Response {
    const half = new TextEncoder().encode(firstHalf(answer.body))
    let sent = false
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent) controller.error(new TypeError('terminated', { cause: socketError('UND_ERR_SOCKET', 'other side closed') }))
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
