import { rm, stat } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import { InputError, lazily, readOptions } from '@cscapi/signals'
import { getRequestListener } from '@hono/node-server'
import * as z from 'zod'
import { message } from './answers.js'
import type { ClientCertificate, Connection } from './connection.js'
import { type TlsTexts, tlsIssues } from './tls-issues.js'

/** Where a Local API listens. */
export interface ListenOptions {
  /** Default `127.0.0.1`: whoever wants others to reach it says so. */
  readonly host?: string
  /** 0 for any free one. Default 8080, as the engine. */
  readonly port?: number
  /** The path of a Unix socket, in place of host and port. */
  readonly socket?: string
  /** Default: no TLS. */
  readonly tls?: TlsTexts
  /** Connections at once; more are not accepted. Default 1,024. */
  readonly maxConnections?: number
}

/** A Local API that listens. */
export interface ListeningLocalApi {
  /** `http://127.0.0.1:8080/`, or `unix:` and the path. */
  readonly url: string
  /** 0 for a Unix socket. */
  readonly port: number
  /** Stops listening, cuts the connections that are open, and writes what is not stored yet. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const schema = lazily(() =>
  z
    .strictObject({
      host: z.string().min(1).optional(),
      port: z.int().min(0).max(65_535).optional(),
      socket: z.string().min(1).optional(),
      tls: z
        .strictObject({ cert: z.string().min(1), key: z.string().min(1), ca: z.string().min(1).optional() })
        .optional(),
      maxConnections: z.int().min(1).default(1_024),
    })
    .refine(({ socket, host, port }) => socket === undefined || (host === undefined && port === undefined), {
      path: ['socket'],
      message: 'must stand without host and port',
    }),
)

const DEFAULT_HOST = '127.0.0.1'
const DEFAULT_PORT = 8_080
/** Polls come every 10 s, heartbeats every 60 s: a connection that closes in between meets one. */
const KEEP_ALIVE_MS = 120_000

type Answerer = (request: Request, env: { readonly connection: Connection }) => Response | Promise<Response>

/** @throws InputError; or what `listen` of `node:net` reports, such as `EADDRINUSE` */
export async function listen(
  answer: Answerer,
  given: ListenOptions,
  onClose: () => Promise<void>,
): Promise<ListeningLocalApi> {
  const { host, port, socket, tls, maxConnections } = readOptions('Nobody listens', schema(), given, {
    secrets: new Set(['tls']),
  })
  const issues = tls === undefined ? [] : tlsIssues(tls)
  if (issues.length > 0) throw new InputError('Nobody listens', issues)
  const server = serverOf(listenerOf(answer, socket !== undefined), tls)
  server.keepAliveTimeout = KEEP_ALIVE_MS
  server.maxConnections = maxConnections
  server.on('clientError', refuseUnreadable)
  if (socket !== undefined) await removeDead(socket)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', () => {
      server.off('error', reject)
      resolve()
    })
    if (socket === undefined) server.listen(port ?? DEFAULT_PORT, host ?? DEFAULT_HOST)
    else server.listen(socket)
  })
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }).then(onClose)
    return closed
  }
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : 0
  const shown = (host ?? DEFAULT_HOST).includes(':') ? `[${host}]` : (host ?? DEFAULT_HOST)
  const url = socket === undefined ? `${tls === undefined ? 'http' : 'https'}://${shown}:${bound}/` : `unix:${socket}`
  return { url, port: bound, close, [Symbol.asyncDispose]: close }
}

function serverOf(listener: RequestListener, tls: ListenOptions['tls']): Server {
  if (tls === undefined) return createServer(listener)
  const { cert, key, ca } = tls
  // Bouncers with a key have no certificate: whoever has one is looked at later.
  const client = ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: false }
  return createTlsServer({ cert, key, minVersion: 'TLSv1.2', ...client }, listener)
}

function listenerOf(answer: Answerer, isUnix: boolean): RequestListener {
  const listener = getRequestListener(
    (request, env) => {
      const { incoming, outgoing } = env
      if (!(outgoing instanceof ServerResponse)) throw new TypeError('The Local API speaks HTTP/1.1 only')
      return answer(request, { connection: connectionOf(incoming as IncomingMessage, outgoing, isUnix) })
    },
    { overrideGlobalObjects: false, errorHandler: () => message(400, 'the request cannot be read') },
  )
  return (incoming, outgoing) => {
    // Health checks over HTTP/1.0 name no host, clients of a socket its path: whatever it is, they
    // have come to the right one.
    incoming.headers.host = DEFAULT_HOST
    return listener(incoming, outgoing)
  }
}

function connectionOf(incoming: IncomingMessage, outgoing: ServerResponse, isUnix: boolean): Connection {
  const sent = new Promise<boolean>((resolve) => {
    outgoing.once('finish', () => resolve(true))
    outgoing.once('close', () => resolve(false))
  })
  return { peer: incoming.socket.remoteAddress, isLocal: isUnix, certificate: certificateOf(incoming.socket), sent }
}

/** One that our CA has signed and that has not run out. */
function certificateOf(socket: Socket): ClientCertificate | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined
  const { subject } = socket.getPeerCertificate()
  if (typeof subject?.CN !== 'string') return undefined
  const units: string | string[] = subject.OU ?? []
  return { name: subject.CN, units: typeof units === 'string' ? [units] : units }
}

/** What is no HTTP gets an answer of the protocol too. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const body = '{"message":"the request cannot be read"}'
  socket.end(
    `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  )
}

/** A socket that a process that died has left; one that answers stays. */
async function removeDead(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined || !found.isSocket()) return
  const isAlive = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => {
      probe.destroy()
      resolve(true)
    })
    probe.once('error', () => resolve(false))
  })
  if (!isAlive) await rm(path, { force: true })
}
