import type { ConnectionOptions } from 'node:tls'
import type { Cluster, Redis } from 'ioredis'
import { DEFAULT_TIMEOUT_MS, type RedisStorageOptions } from '../options.js'
import { type Address, readAddress } from './address.js'
import type { Driver } from './send.js'

const reconnectDelay = (attempt: number) => Math.min(2_000, 50 * 2 ** Math.min(attempt, 6)) * (0.75 + Math.random() / 2)

/** Makes the client of a storage that was given URLs. */
export function makeClient(
  driver: Driver,
  options: Exclude<RedisStorageOptions, { client: unknown }>,
): Redis | Cluster {
  const { commandTimeoutMs = DEFAULT_TIMEOUT_MS, connectTimeoutMs = DEFAULT_TIMEOUT_MS, tls } = options
  const common = {
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    // A connection over which nothing comes is given up, or a lost network would hang every call
    // until TCP notices.
    socketTimeout: commandTimeoutMs,
    // A lost connection fails the calls under way at once: the caller knows better than the driver
    // whether to repeat them.
    maxRetriesPerRequest: 0,
    // A server that became a replica: connect anew, since the name may lead to the new master by
    // now.
    reconnectOnError: (error: Error) => error.message.includes('READONLY'),
  }
  if ('url' in options) {
    const address = addressOf(options.url)
    const { place, db } = address
    return new driver.Redis({ ...common, ...loginOf(address, tls), ...place, db, retryStrategy: reconnectDelay })
  }
  const addresses = options.nodes.map(addressOf)
  const [first] = addresses
  if (first === undefined) throw new TypeError('There is no node')
  const nodes = addresses.flatMap(({ place }) => ('host' in place ? [{ host: place.host, port: place.port }] : []))
  return new driver.Cluster(nodes, {
    lazyConnect: true,
    clusterRetryStrategy: reconnectDelay,
    slotsRefreshTimeout: connectTimeoutMs,
    redisOptions: { ...common, ...loginOf(first, tls) },
  })
}

/** Reads a URL that was checked, so that this throws for nobody. */
function addressOf(url: string): Address {
  const { address } = readAddress(url)
  if (address === undefined) throw new TypeError('The URL was not checked')
  return address
}

function loginOf({ tls: isTls, username, password }: Address, tls: ConnectionOptions | undefined) {
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...((isTls || tls !== undefined) && { tls: tls ?? {} }),
  }
}
