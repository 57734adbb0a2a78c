import type { RemediationRequest } from './remediate.js'

/**
 * What is used of `IncomingMessage`, and of the requests of Express and of `node:http2`'s
 * compatibility API.
 */
export interface NodeRequest {
  readonly socket: NodeSocket
  readonly headers: { readonly [name: string]: string | string[] | undefined }
  readonly rawHeaders: readonly string[]
  readonly httpVersionMajor: number
}

interface NodeSocket {
  readonly remoteAddress?: string | undefined
  readonly localAddress?: string | undefined
  readonly destroyed: boolean
}

/**
 * How many header lines Node.js reads of a request, unless `server.maxHeadersCount` says otherwise.
 */
const MOST_LINES = 1_000

/** Whom a request of `node:http` or `node:http2` comes from. */
export function nodeClient({
  socket,
  headers,
  rawHeaders,
}: Pick<NodeRequest, 'socket' | 'headers' | 'rawHeaders'>): RemediationRequest {
  const peer = readPeer(socket)
  return {
    ...peer,
    isCut: !peer.isGone && isCut(rawHeaders, socket),
    header(name) {
      const value = Object.hasOwn(headers, name) ? headers[name] : undefined
      return Array.isArray(value) ? value.join() : value
    },
  }
}

function readPeer(socket: NodeSocket): { remoteAddress: string | undefined; isGone: boolean } {
  try {
    const { remoteAddress, localAddress, destroyed } = socket
    // A TCP connection that was reset still has its own end; a Unix socket never had one.
    return { remoteAddress, isGone: remoteAddress === undefined && (destroyed || localAddress !== undefined) }
  } catch {
    // The socket of an HTTP/2 session that has ended refuses to be looked at.
    return { remoteAddress: undefined, isGone: true }
  }
}

/** Whether Node.js may have left out header lines: it does so in silence. */
function isCut(rawHeaders: readonly string[], socket: object): boolean {
  const server: unknown = Reflect.get(socket, 'server')
  const most: unknown =
    typeof server === 'object' && server !== null ? Reflect.get(server, 'maxHeadersCount') : undefined
  const lines = typeof most === 'number' ? most : MOST_LINES
  return lines > 0 && rawHeaders.length >= 2 * lines
}
