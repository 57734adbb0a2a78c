import { randomUUID } from 'node:crypto'
import { StorageError } from '@cscapi/core'
import type { QueuedSignal } from '@cscapi/storage'
import { startRedis, type TestServer } from '@cscapi/test-servers'
import { Redis } from 'ioredis'
import { RedisStorage } from '../src/index.js'

/** Runs out in two tests alone; in all others it must not, however busy the machine is. */
const TIMEOUT_MS = 10_000

export interface FaultyServer {
  readonly server: TestServer
  readonly storage: RedisStorage
  /** Works on the server behind the adapter. */
  admin<T>(work: (client: Redis) => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** A server of its own, which may be killed, and a storage on it. */
export async function startFaultyServer(config: Record<string, string> = {}): Promise<FaultyServer> {
  const server = await startRedis({ config })
  const storage = new RedisStorage({ url: server.url, commandTimeoutMs: TIMEOUT_MS, connectTimeoutMs: TIMEOUT_MS })
  await storage.open()
  return {
    server,
    storage,
    async admin(work) {
      const client = new Redis(server.url)
      try {
        return await work(client)
      } finally {
        client.disconnect()
      }
    },
    async close() {
      await storage.close()
      await server.stop()
    },
  }
}

export function batch(size: number, machineId = 'm', payload = '{}'): QueuedSignal[] {
  return Array.from({ length: size }, () => ({ machineId, uuid: randomUUID(), payload }))
}

/** The error of a call that must fail, which has to be a typed one. */
export async function failure(call: Promise<unknown>): Promise<StorageError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (error instanceof StorageError) return error
  throw new Error(`expected a StorageError, got ${String(error)}`)
}
