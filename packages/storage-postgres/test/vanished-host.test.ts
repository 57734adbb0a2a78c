import { startPostgres, type TestServer } from '@cscapi/test-servers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PostgresStorage } from '../src/index.js'
import { type VanishingHost, vanishingHost } from './vanishing-host.js'

/** Of the host that vanishes: so long it holds its locks. */
const TIMEOUTS = { connectTimeoutMs: 3_000, statementTimeoutMs: 3_000 }
const LEASE = { leaseMs: 60_000, maxSignals: 100 }

let server: TestServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.stop())

const signal = (uuid: string, payload = '{}') => ({ machineId: 'm', uuid, payload })
/** More than one statement takes, so that two of them are added in a transaction. */
const MUCH = JSON.stringify('x'.repeat(16_777_216))

/**
 * What a host may be in the middle of when it loses power, and after how many messages its
 * transaction is still open: a call that is one statement has none.
 */
const calls: readonly [
  name: string,
  points: readonly number[],
  call: (storage: PostgresStorage) => Promise<unknown>,
][] = [
  ['adding', [0], (storage) => storage.enqueue([signal('unheard')])],
  ['adding_much', [1, 2, 3], (storage) => storage.enqueue([signal('unheard', MUCH), signal('too', MUCH)])],
  [
    'settling',
    [1, 2, 3],
    async (storage) => {
      const lease = await storage.lease({ leaseMs: 1_000, maxSignals: 100 })
      await storage.settle(lease!, { sent: lease!.signals.map(({ uuid }) => uuid) })
    },
  ],
]

const points = calls.flatMap(([name, some, call]) => some.map((point) => ({ name, call, point })))

describe.each(points)('a host that vanishes $point messages into $name', ({ name, call, point }) => {
  let host: VanishingHost
  let doomed: PostgresStorage
  let other: PostgresStorage

  beforeAll(async () => {
    const schema = `vanished_${name}_${point}`
    host = await vanishingHost(server.url)
    doomed = new PostgresStorage({ url: host.url, schema, ...TIMEOUTS })
    other = new PostgresStorage({ url: server.url, schema })
    await doomed.open()
    await other.open()
  })

  afterAll(async () => {
    host.close()
    await doomed.close()
    await other.close()
  })

  test('ends its own call in time, and lets the others add, lease and settle for its machine soon', async () => {
    await other.enqueue([signal('before')])
    host.vanishAfter(point)
    await Promise.allSettled([call(doomed)])
    expect(host.hasVanished).toBe(true)

    const uuids = new Set<string>()
    await expect
      .poll(
        async () => {
          await other.enqueue([signal('after')])
          const lease = await other.lease(LEASE)
          if (lease !== undefined) {
            for (const { uuid } of lease.signals) uuids.add(uuid)
            await other.settle(lease, { sent: lease.signals.map(({ uuid }) => uuid) })
          }
          const { pending, leased } = await other.stats()
          return { pending, leased, hasSent: uuids.has('after') }
        },
        { timeout: 120_000 },
      )
      .toEqual({ pending: 0, leased: 0, hasSent: true })
  })
})
