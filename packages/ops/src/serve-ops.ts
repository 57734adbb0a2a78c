import { createServer } from 'node:http'
import { InputError, lazily, readOptions } from '@cscapi/signals'
import * as z from 'zod'
import { isLoopback } from './access/peer.js'
import { createOps } from './create-ops.js'
import { ALIASES, type OpsClient, type OpsOptions, opsFields, SECRETS } from './options.js'

/** Options of {@link serveOps}. */
export interface ServeOpsOptions extends OpsOptions {
  /** 0 for any free one. Default 8090. */
  readonly port?: number
  /**
   * The address to listen on. Anything but a loopback address needs a `token`. Default `127.0.0.1`.
   */
  readonly host?: string
}

/** A server that was started. */
export interface ServingOps {
  /** Where the page is, such as `http://127.0.0.1:8090/`. */
  readonly url: string
  /** The port that it listens on. */
  readonly port: number
  /** Cuts every connection and ends listening. May be called again. */
  close(): Promise<void>
  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void>
}

const WHAT = 'The operations page is not served'

const schema = lazily(() =>
  z.strictObject({
    ...opsFields(),
    port: z.int().min(0).max(65_535).default(8090),
    host: z.string().min(1).max(255).default('127.0.0.1'),
  }),
)

/**
 * Serves the operations page of a client on a port of its own.
 *
 * @throws InputError that lists every option that is wrong; or what `listen` of `node:net` reports,
 * e.g. an error with code `EADDRINUSE`
 */
export async function serveOps(client: OpsClient, options: ServeOpsOptions = {}): Promise<ServingOps> {
  const {
    port: wanted,
    host,
    ...settings
  } = readOptions(WHAT, schema(), options, { secrets: SECRETS, aliases: ALIASES })
  if (settings.token === undefined && !isLoopback(host)) {
    const rule = `must be given to listen on ${host}: it is no loopback address, and others could look in`
    throw new InputError(WHAT, [{ path: 'token', value: 'undefined', rule }])
  }
  const { token, clock, ...rest } = settings
  const ops = createOps(client, {
    ...rest,
    ...(token !== undefined && { token }),
    ...(clock !== undefined && { clock }),
  })
  const server = createServer(ops.node)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(wanted, host, resolve)
    })
  } catch (error) {
    ops.close()
    throw error
  }
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : wanted
  let closed: Promise<void> | undefined
  const close = () => {
    closed ??= new Promise((resolve) => {
      ops.close()
      server.close(() => resolve())
      server.closeAllConnections()
    })
    return closed
  }
  const shown = host.includes(':') ? `[${host}]` : host
  const url = new URL(settings.basePath.replace(/\/?$/, '/'), `http://${shown}:${port}`).href
  return { url, port, close, [Symbol.asyncDispose]: close }
}
