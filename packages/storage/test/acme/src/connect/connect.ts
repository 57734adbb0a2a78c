import type { AcmeStorageOptions } from '../options.js'
import type { Tables } from '../tables.js'

/** A connection to a server, which here is an object of this process. */
export interface Connection {
  readonly server: { tables?: Tables }
  /** The server's time, epoch milliseconds. */
  readonly now: () => number
}

/** What all connections see, by URL and namespace. */
const servers = new Map<string, Connection['server']>()

export async function connect(options: Required<AcmeStorageOptions>): Promise<Connection> {
  const name = `${options.url}/${options.namespace}`
  const server = servers.get(name) ?? {}
  servers.set(name, server)
  return { server, now: () => Date.now() + options.testClockOffsetMs() }
}
