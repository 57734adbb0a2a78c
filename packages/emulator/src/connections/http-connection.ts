import type { IncomingMessage, ServerResponse } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Answer } from '../requests/answer.js'
import { type Connection, firstHalf, piecesOf } from './connection.js'

/**
 * A request over a real socket. Answers are written straight to it: that halves the cost of a
 * request.
 */
export class HttpConnection implements Connection {
  readonly remoteAddress: string
  readonly headers: Readonly<Record<string, string>>
  readonly #request: Request
  readonly #incoming: IncomingMessage
  readonly #outgoing: ServerResponse

  constructor(request: Request, incoming: IncomingMessage, outgoing: ServerResponse) {
    this.#request = request
    this.#incoming = incoming
    this.#outgoing = outgoing
    this.remoteAddress = incoming.socket.remoteAddress ?? 'unknown'
    this.headers = joinHeaders(incoming.headers)
  }

  get signal(): AbortSignal {
    return this.#request.signal
  }

  body(): AsyncIterable<Uint8Array> {
    // Whoever stops in the middle still has to answer, on the same socket.
    return this.#incoming.iterator({ destroyOnReturn: false })
  }

  send(answer: Answer): Response {
    this.#head(answer)
    this.#outgoing.end(answer.body)
    return RESPONSE_ALREADY_SENT
  }

  drip(answer: Answer, pieceBytes: number, wait: () => Promise<void>): Response {
    this.#head(answer)
    this.#writePieces(answer, pieceBytes, wait).catch(() => this.#outgoing.destroy())
    return RESPONSE_ALREADY_SENT
  }

  cut(answer: Answer): Response {
    this.#head(answer)
    // The length announced is the whole body's: the client can tell that something is missing.
    this.#outgoing.write(firstHalf(answer.body), () => this.#incoming.socket.destroy())
    return RESPONSE_ALREADY_SENT
  }

  reset(): Response {
    this.#incoming.socket.resetAndDestroy()
    return RESPONSE_ALREADY_SENT
  }

  async #writePieces(answer: Answer, pieceBytes: number, wait: () => Promise<void>): Promise<void> {
    let isFirst = true
    for (const piece of piecesOf(answer, pieceBytes)) {
      if (!isFirst) await wait()
      isFirst = false
      this.#outgoing.write(piece)
    }
    this.#outgoing.end()
  }

  #head({ status, body, headers }: Answer): void {
    this.#outgoing.writeHead(
      status,
      body === undefined ? headers : { ...headers, 'content-length': String(Buffer.byteLength(body)) },
    )
  }
}

function joinHeaders(headers: IncomingMessage['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'object' ? value.join(', ') : (value ?? ''),
    ]),
  )
}
