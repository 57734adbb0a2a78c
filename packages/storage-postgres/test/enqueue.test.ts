import { startPostgres, type TestServer } from '@cscapi/test-servers'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PostgresStorage } from '../src/index.js'

let server: TestServer
let storage: PostgresStorage
let schemas = 0

beforeAll(async () => {
  server = await startPostgres()
})
beforeEach(async () => {
  await storage?.close()
  schemas += 1
  storage = new PostgresStorage({ url: server.url, schema: `enqueue_${schemas}` })
  await storage.open()
})
afterAll(async () => {
  await storage?.close()
  await server?.stop()
})

describe('what is added', () => {
  test('comes out in its order and letter by letter, whatever it holds: control characters, nothing at all, other scripts', async () => {
    const texts = fc.array(
      fc.string({ unit: fc.constantFrom('', '\u001f', ',', '{', '}', '"', '\\', 'ü', '雨', '😀', '\n', 'a') }),
      {
        minLength: 1,
        maxLength: 30,
      },
    )
    let round = 0
    await fc.assert(
      fc.asyncProperty(texts, async (payloads) => {
        round += 1
        const machineId = `m${round}`
        await storage.enqueue(payloads.map((payload, index) => ({ machineId, uuid: `\u001f,${index}`, payload })))
        const { signals } = await storage.listSignals({ machineId })
        expect(signals.map(({ payload }) => payload)).toEqual(payloads)
      }),
      { numRuns: 100 },
    )
  })

  test('may be larger than one statement should be', async () => {
    const signals = Array.from({ length: 40 }, (_, index) => ({
      machineId: 'm',
      uuid: `u${index}`,
      payload: JSON.stringify(String(index).padEnd(1_000_000, 'x')),
    }))
    expect(await storage.enqueue(signals)).toEqual({ added: 40, duplicates: 0 })
    const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 100 })
    expect(lease?.signals.map(({ payload }) => payload.slice(0, 5))).toEqual(
      signals.map(({ payload }) => payload.slice(0, 5)),
    )
    expect(await storage.stats()).toMatchObject({ leased: 40 })
  })
})
