import { PostgresStorage } from '@cscapi/storage-postgres'
import { RedisStorage } from '@cscapi/storage-redis'
import { startPostgres, startRedis } from '@cscapi/test-servers'
import { type EnqueueWay, handMadePostgres } from './hand-made-postgres.js'
import { handMadeRedis } from './hand-made-redis.js'
import { callsOf, type StoreCalls } from './store-calls.js'

/** Opens a store on a server of its own; closing it stops the server. */
export type OpenCalls = () => Promise<StoreCalls>

const SCHEMA = 'cscapi'

const until = (calls: StoreCalls, stop: () => Promise<unknown>): StoreCalls => ({
  ...calls,
  async close() {
    await calls.close()
    await stop()
  },
})

export const ourPostgres: OpenCalls = async () => {
  const server = await startPostgres({ config: {} })
  const storage = new PostgresStorage({ url: server.url })
  await storage.open()
  return until(callsOf(storage), () => server.stop())
}

/** In the same tables, with their keys and indexes. */
export const postgresByHand =
  (way: EnqueueWay): OpenCalls =>
  async () => {
    const server = await startPostgres({ config: {} })
    const model = new PostgresStorage({ url: server.url, schema: SCHEMA })
    await model.open()
    await model.close()
    return until(await handMadePostgres(server.url, SCHEMA, way), () => server.stop())
  }

const redisServer = () => startRedis({ config: { appendonly: 'yes', appendfsync: 'everysec' } })

export const ourRedis: OpenCalls = async () => {
  const server = await redisServer()
  const storage = new RedisStorage({ url: server.url })
  await storage.open()
  return until(callsOf(storage), () => server.stop())
}

export const redisByHand: OpenCalls = async () => {
  const server = await redisServer()
  return until(await handMadeRedis(server.url), () => server.stop())
}
