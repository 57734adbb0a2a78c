import type { QueuedSignal } from '@cscapi/storage'
import { PostgresStorage } from '@cscapi/storage-postgres'
import { RedisStorage } from '@cscapi/storage-redis'
import { startPostgres, startRedis } from '@cscapi/test-servers'
import { Redis } from 'ioredis'
import { Pool } from 'pg'
import { type Figure, median, perSecond, timed } from './figure.js'
import { queuedSignals } from './signals.js'

const COUNT = 20_000
const BATCH = 1_000
const ROUNDS = 5

function batches(signals: readonly QueuedSignal[]): QueuedSignal[][] {
  return Array.from({ length: signals.length / BATCH }, (_, index) => signals.slice(index * BATCH, (index + 1) * BATCH))
}

/** Adding 1,000 at a time, against a raw pipeline that writes the same bytes. */
export async function redisEnqueue(): Promise<Figure> {
  const server = await startRedis({ config: { appendonly: 'yes', appendfsync: 'everysec' } })
  const raw = new Redis(server.url)
  const ours: number[] = []
  const pipelined: number[] = []
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const signals = queuedSignals(COUNT, 10)
      const storage = new RedisStorage({ url: server.url, namespace: `ours-${round}` })
      await storage.open()
      ours.push(
        await timed(async () => {
          for (const batch of batches(signals)) await storage.enqueue(batch)
        }),
      )
      await storage.close()
      pipelined.push(
        await timed(async () => {
          for (const batch of batches(signals)) {
            const pipeline = raw.pipeline()
            for (const { machineId, uuid, payload } of batch)
              pipeline.sadd(`u:${round}:${machineId}`, uuid).rpush(`l:${round}:${machineId}`, payload)
            await pipeline.exec()
          }
        }),
      )
    }
  } finally {
    raw.disconnect()
    await server.stop()
  }
  return rates('enqueue, Redis (1,000 a batch)', ours, pipelined, 0.7)
}

/**
 * Adding 1,000 at a time, against a raw multi-row INSERT into the same table of another schema,
 * with the same durability.
 */
export async function postgresEnqueue(): Promise<Figure> {
  const server = await startPostgres({ config: {} })
  const raw = new Pool({ connectionString: server.url, max: 1 })
  const ours: number[] = []
  const inserted: number[] = []
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const signals = queuedSignals(COUNT, 10)
      const [storage, model] = [`ours_${round}`, `raw_${round}`].map(
        (schema) => new PostgresStorage({ url: server.url, schema }),
      ) as [PostgresStorage, PostgresStorage]
      await storage.open()
      await model.open()
      ours.push(
        await timed(async () => {
          for (const batch of batches(signals)) await storage.enqueue(batch)
        }),
      )
      inserted.push(
        await timed(async () => {
          for (const batch of batches(signals)) await insertRows(raw, `raw_${round}`, batch)
        }),
      )
      await storage.close()
      await model.close()
    }
  } finally {
    await raw.end()
    await server.stop()
  }
  return rates('enqueue, PostgreSQL (1,000 a batch)', ours, inserted, 1)
}

async function insertRows(pool: Pool, schema: string, batch: readonly QueuedSignal[]): Promise<void> {
  const now = Date.now()
  const rows = batch.map((_, index) => `(${[1, 2, 3, 4].map((column) => `$${index * 4 + column}`).join()})`)
  const values = batch.flatMap(({ machineId, uuid, payload }) => [machineId.charCodeAt(0), uuid, payload, now])
  await pool.query(
    `INSERT INTO ${schema}.signals (machine, uuid, payload, changed_at) VALUES ${rows.join()} ON CONFLICT DO NOTHING`,
    values,
  )
}

function rates(name: string, ours: readonly number[], baseline: readonly number[], atLeast: number): Figure {
  const ratios = ours.map((ms, round) => (baseline[round] ?? Number.NaN) / ms)
  return {
    name,
    ours: perSecond(COUNT, median(ours)),
    baseline: perSecond(COUNT, median(baseline)),
    ratio: median(ratios),
    goal: { atLeast },
  }
}
