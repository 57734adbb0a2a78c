import { once } from 'node:events'
import { StorageError } from '@cscapi/core'
import type { Cluster, Redis, RedisOptions } from 'ioredis'

/** Gathers what no error may show. Short ones are words of every message. */
export function secretsOf(client: Redis | Cluster): string[] {
  const options = 'nodes' in client ? client.options.redisOptions : client.options
  const { password, sentinelPassword, tls }: RedisOptions = { ...options }
  return [password, sentinelPassword, tls?.passphrase].flatMap((secret) =>
    typeof secret === 'string' && secret.length > 3 ? [secret] : [],
  )
}

/** Waits until a client is connected, and connects one that has not begun to. */
export async function isReady(client: Redis | Cluster): Promise<void> {
  if (client.status === 'wait') await client.connect()
  else await once(client, 'ready')
}

export function isRefusedSelect(error: Error): boolean {
  const command: unknown = Reflect.get(error, 'command')
  return typeof command === 'object' && command !== null && Reflect.get(command, 'name') === 'select'
}

/** @throws StorageError where a client that was handed in has ended */
export function refuseEnded(client: Redis | Cluster): void {
  if (client.status !== 'end') return
  const message =
    'The client that was handed in has ended and connects no more: quit(), disconnect() or its retryStrategy ended it. Call its connect(), or make another one'
  const details = { adapter: 'redis', operation: 'command' }
  throw new StorageError('storage_unavailable', message, details, { retryable: false })
}
