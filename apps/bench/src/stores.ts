import { join } from 'node:path'
import type { Storage } from '@cscapi/storage'

/** A store that is open, and what is left to stop once it is closed. */
interface OpenStore {
  readonly storage: Storage
  readonly stop: () => Promise<unknown>
}

async function opened(storage: Storage, stop = async (): Promise<unknown> => undefined): Promise<OpenStore> {
  await storage.open()
  return { storage, stop }
}

/**
 * Every kind of store, empty, on a server of its own with the durability that docs advise. Loaded
 * when it is asked for: the memory of a process is measured too.
 */
export const stores = {
  memory: async () => {
    const { MemoryStorage } = await import('@cscapi/storage')
    return opened(new MemoryStorage())
  },
  SQLite: async (folder: string) => {
    const { SqliteStorage } = await import('@cscapi/storage-sqlite')
    return opened(new SqliteStorage({ path: join(folder, 'cscapi.db'), driver: 'better-sqlite3' }))
  },
  PostgreSQL: async () => {
    const [{ PostgresStorage }, { startPostgres }] = await Promise.all([
      import('@cscapi/storage-postgres'),
      import('@cscapi/test-servers'),
    ])
    const server = await startPostgres({ config: {} })
    return opened(new PostgresStorage({ url: server.url }), () => server.stop())
  },
  Redis: async () => {
    const [{ RedisStorage }, { startRedis }] = await Promise.all([
      import('@cscapi/storage-redis'),
      import('@cscapi/test-servers'),
    ])
    const server = await startRedis({ config: { appendonly: 'yes', appendfsync: 'everysec' } })
    return opened(new RedisStorage({ url: server.url }), () => server.stop())
  },
} satisfies Record<string, (folder: string) => Promise<OpenStore>>

export type StoreName = keyof typeof stores
