import { createServer, IncomingMessage, ServerResponse } from 'node:http'
import { readOptions } from '@cscapi/signals'
import { getRequestListener, type Http2Bindings, type HttpBindings } from '@hono/node-server'
import * as z from 'zod'
import type { EmulatorApp } from '../app.js'
import { HttpConnection } from './http-connection.js'

/** Where an emulator listens. */
export interface ListenOptions {
  /** 0 for any free one. @defaultValue 0 */
  readonly port?: number
  /**
   * Loopback only: a test server that takes any password must not be reachable from outside.
   * @defaultValue `'127.0.0.1'`
   */
  readonly host?: '127.0.0.1' | '::1'
}

/** An emulator that listens on a port of this machine. */
export interface ListeningEmulator {
  /** Base URL with the version path: `http://127.0.0.1:49152/v3`. */
  readonly url: string
  /** The port, also where a free one was asked for. */
  readonly port: number
  /** Stops listening and cuts the connections that are open. May be called again. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

const optionsSchema = z.strictObject({
  port: z.int().min(0).max(65_535).optional(),
  host: z.enum(['127.0.0.1', '::1']).optional(),
})

/**
 * @throws InputError; or what `listen` of `node:net` reports, e.g. an error with code `EADDRINUSE`
 */
export async function listen(app: EmulatorApp, options: ListenOptions): Promise<ListeningEmulator> {
  const { port: wanted = 0, host = '127.0.0.1' } = readOptions('listen', optionsSchema, options)
  const respond = getRequestListener(
    (request, env) => {
      if (!isHttp1(env)) throw new TypeError('The emulator speaks HTTP/1.1 only')
      return app.fetch(request, { connection: new HttpConnection(request, env.incoming, env.outgoing) })
    },
    // The globals of the test suite that runs this are not ours to replace.
    { overrideGlobalObjects: false },
  )
  const server = createServer(respond)
  // Node's 5 s race with clients that reuse an idle connection: a reset that nobody injected.
  server.keepAliveTimeout = 65_000
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject)
    server.listen(wanted, host, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : wanted)
    })
  })
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
    return closed
  }
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}/v3`
  return { url, port, close, [Symbol.asyncDispose]: close }
}

function isHttp1(bindings: HttpBindings | Http2Bindings): bindings is HttpBindings {
  return bindings.incoming instanceof IncomingMessage && bindings.outgoing instanceof ServerResponse
}
