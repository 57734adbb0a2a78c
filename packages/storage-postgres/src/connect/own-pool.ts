import type { ConnectionOptions } from 'node:tls'
import type { Pool, PoolConfig } from 'pg'
import { type Address, type Host, readAddress } from './address.js'
import { seekingClient } from './seeking-client.js'

export const STATEMENT_TIMEOUT_MS = 30_000

export interface PoolOptions {
  readonly url: string
  readonly ssl?: boolean | ConnectionOptions
  readonly poolSize?: number
  readonly connectTimeoutMs?: number
  readonly statementTimeoutMs?: number
}

/** Makes the pool of a storage that was given a URL; loads the driver. */
export async function makePool(options: PoolOptions): Promise<Pool> {
  const { Client, Pool } = await import('pg')
  const { url, ssl, poolSize = 10, connectTimeoutMs = 10_000, statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options
  const { address } = readAddress(url)
  if (address === undefined) throw new TypeError('The URL was not checked')
  const common = {
    max: poolSize,
    query_timeout: statementTimeoutMs,
    enableChannelBinding: ['prefer', 'require'].includes(address.parameters.get('channel_binding') ?? ''),
    ...(ssl !== undefined && { ssl }),
  }
  const configOf = (host: Host): PoolConfig => ({
    ...common,
    connectionTimeoutMillis: connectTimeoutMs,
    connectionString: connectionString(address, host, ssl === undefined),
  })
  const [first, ...others] = address.hosts
  if (first === undefined) throw new TypeError('The URL was not checked')
  if (others.length === 0 && address.role === 'any') return new Pool(configOf(first))
  return new Pool({
    ...configOf(first),
    // Each host has its time, and so has the connection to the one that was chosen.
    connectionTimeoutMillis: connectTimeoutMs * (address.hosts.length + 1),
    Client: seekingClient(Client, address, configOf),
  })
}

/** Builds the URL of one host: the driver reads no more, and lets its TLS win over the option. */
function connectionString(address: Address, { host, port }: Host, withTls: boolean): string {
  const { user = '', password, database, parameters } = address
  const query = new URLSearchParams({ host, port: String(port) })
  for (const [name, value] of parameters)
    if (name !== 'client_encoding' && name !== 'channel_binding' && (withTls || !name.startsWith('ssl')))
      query.set(name, value)
  const login = encodeURIComponent(user) + (password === undefined ? '' : `:${encodeURIComponent(password)}`)
  return `postgres://${login}@host/${encodeURI(database)}?${query}`
}
