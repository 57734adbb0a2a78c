import { Client, Pool, type QueryConfig } from 'pg'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { PostgresStorage } from '../src/index.js'
import { serverWithAdmin } from './admin.js'

const server = serverWithAdmin()
let pool: Pool
let storage: PostgresStorage
let statements: string[]
let schemas = 0

class WatchedClient extends Client {
  override query(...args: unknown[]): never {
    statements.push((args[0] as QueryConfig).text)
    return Reflect.apply(super.query, this, args) as never
  }
}

beforeEach(async () => {
  statements = []
  schemas += 1
  pool = new Pool({ connectionString: server.url, Client: WatchedClient })
  storage = new PostgresStorage({ pool, schema: `together_${schemas}` })
  await storage.open()
  statements.length = 0
})
afterEach(async () => {
  await storage.close()
  await pool.end()
})

const signal = (uuid: string, machineId = 'm') => ({ machineId, uuid, payload: `{"u":"${uuid}"}` })
const numbers = Array.from({ length: 1_000 }, (_, number) => number)

describe('calls that come at once', () => {
  test('share statements: a thousand callers of one signal cost ten at most', async () => {
    const results = await Promise.all(numbers.map((n) => storage.enqueue([signal(`u${n}`, `m${n % 10}`)])))
    expect(results).toEqual(numbers.map(() => ({ added: 1, duplicates: 0 })))
    expect(statements.length).toBeLessThanOrEqual(10)
    expect(await storage.stats()).toMatchObject({ pending: 1_000 })
  })

  test('are each told what they themselves added, whoever else brings the same', async () => {
    await storage.enqueue([signal('old')])
    const first = [storage.enqueue([signal('x')]), storage.enqueue([signal('y')])]
    const waiting = [
      storage.enqueue([signal('old'), signal('new')]),
      storage.enqueue([signal('new'), signal('newer'), signal('newer')]),
      storage.enqueue([signal('new', 'other')]),
      storage.enqueue([signal('old')]),
    ]
    await Promise.all(first)
    expect(await Promise.all(waiting)).toEqual([
      { added: 1, duplicates: 1 },
      { added: 1, duplicates: 2 },
      { added: 1, duplicates: 0 },
      { added: 0, duplicates: 1 },
    ])
    expect(await storage.stats()).toMatchObject({ pending: 6 })
  })

  test('fail alone: what the server refuses of one is stored of the others', async () => {
    await server.admin.query(`ALTER TABLE together_${schemas}.signals ADD CHECK (payload <> '{"u":"refused"}')`)
    const calls = ['a', 'b', 'c', 'refused', 'd'].map((uuid) => storage.enqueue([signal(uuid)]))
    const outcomes = await Promise.allSettled(calls)
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'fulfilled',
    ])
    expect(outcomes[3]).toMatchObject({ reason: { code: 'storage_failed', driverCode: '23514' } })
    expect(await storage.stats()).toMatchObject({ pending: 4 })
  })

  test('are durable when told: another connection sees all of them', async () => {
    const { length } = await Promise.all(
      numbers.slice(0, 100).map(async (n) => {
        await storage.enqueue([signal(`u${n}`)])
        const there = `SELECT 1 FROM together_${schemas}.signals WHERE uuid = $1`
        expect((await server.admin.query(there, [`u${n}`])).rows).toHaveLength(1)
      }),
    )
    expect(length).toBe(100)
  })

  test('hear, each of them, what stops them all, and go on once it is put right', async () => {
    await server.admin.query(`ALTER TABLE together_${schemas}.signals RENAME TO hidden`)
    const outcomes = await Promise.allSettled(['a', 'b', 'c', 'd'].map((uuid) => storage.enqueue([signal(uuid)])))
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'storage_schema_missing' } })
    await server.admin.query(`ALTER TABLE together_${schemas}.hidden RENAME TO signals`)
    expect(await storage.enqueue([signal('a')])).toEqual({ added: 1, duplicates: 0 })
  })

  test('that are closed upon are done first', async () => {
    const calls = Promise.all(numbers.map((n) => storage.enqueue([signal(`u${n}`)])))
    await storage.close()
    expect((await calls).length).toBe(1_000)
  })
})
