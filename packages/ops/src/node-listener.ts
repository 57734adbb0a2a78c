import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import type { PeerInfo } from './access/peer.js'

/** What frameworks add to a request: the whole path, and a body that they have read already. */
interface FrameworkRequest extends IncomingMessage {
  readonly originalUrl?: string
  readonly body?: unknown
}

/**
 * Makes a listener of `node:http` that also stands behind Express: it sees the whole path, wherever
 * it is mounted, and a body that was read by somebody before it.
 */
export function nodeListener(
  answer: (request: Request, peer: PeerInfo) => Promise<Response>,
): (request: IncomingMessage, response: ServerResponse) => void {
  const listener = getRequestListener(
    (request, { incoming }) => {
      const peer = { remoteAddress: incoming.socket.remoteAddress }
      return answer(asSent(request, incoming as FrameworkRequest), peer)
    },
    { overrideGlobalObjects: false },
  )
  return (request, response) => {
    void listener(request, response)
  }
}

function asSent(request: Request, { originalUrl, body, readableEnded }: FrameworkRequest): Request {
  const url = originalUrl === undefined ? request.url : new URL(originalUrl, request.url).href
  const { method, headers, signal } = request
  if (readableEnded && typeof body === 'object' && body !== null && method === 'POST') {
    const isForm = headers.get('content-type')?.startsWith('application/x-www-form-urlencoded')
    const text = isForm ? new URLSearchParams(body as Record<string, string>).toString() : JSON.stringify(body)
    return new Request(url, { method, headers, body: text, signal })
  }
  return url === request.url ? request : new Request(url, request)
}
