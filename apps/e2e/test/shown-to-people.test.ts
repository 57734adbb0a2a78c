import { describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, machine, signalsOf } from './arrange.js'

describe('client.signalPage()', () => {
  test('gives what waits and what was rejected, page by page, with the exact JSON', async () => {
    const { client, emulator, advance, clock } = arrange()
    await client.addSignals(signalsOf(machine(1), 5))
    emulator.faults.inject({ route: 'signals', status: 400, body: { message: 'no' }, times: Number.POSITIVE_INFINITY })
    await client.sendSignals({ batchSize: 5 })
    const rejectedAt = clock.now()
    advance(1_000)
    const waiting = signalsOf(machine(2), 3)
    await client.addSignals(waiting)
    const pending = await client.signalPage({ status: 'pending' })
    expect(pending.signals.map(({ json }) => json)).toEqual(waiting.map((signal) => JSON.stringify(signal)))
    expect(pending).toMatchObject({ next: undefined, signals: [{ since: clock.now(), reason: undefined }, {}, {}] })
    const first = await client.signalPage({ status: 'rejected', limit: 3 })
    const second = await client.signalPage({ status: 'rejected', limit: 3, after: String(first.next) })
    expect([first.signals.length, second.signals.length, second.next]).toEqual([3, 2, undefined])
    expect(first.signals[0]).toMatchObject({ machineId: machine(1), reason: 'no', status: 400, since: rejectedAt })
    expect((await client.signalPage({ status: 'rejected', machineId: machine(2) })).signals).toEqual([])
  })

  test.each([
    [{ status: 'sent' }, 'status'],
    [{ status: 'pending', limit: 501 }, 'limit'],
    [{ status: 'pending', machine: 'x' }, 'machine'],
  ])('refuses %j by name', async (query, name) => {
    const { client } = arrange()
    await expect(client.signalPage(query as never)).rejects.toThrow(name)
  })
})

test('client.machines({ after }) goes on where a listing ended', async () => {
  const { client } = arrange()
  for (let number = 1; number <= 5; number += 1) await client.addSignals(signalsOf(machine(number), 1))
  await client.sendSignals()
  const idsOf = async (filter = {}) => {
    const ids: string[] = []
    for await (const { machineId } of client.machines(filter)) ids.push(machineId)
    return ids
  }
  const all = await idsOf()
  expect(all).toHaveLength(5)
  expect(await idsOf({ after: all[2] })).toEqual(all.slice(3))
})

describe('client.blocklistSources()', () => {
  const seeds = {
    decisions: [{ value: '192.0.2.1', duration: '96h' }],
    blocklists: [{ name: 'tor', values: ['203.0.113.9'], duration: '96h' }],
    allowlists: [{ name: 'mine', items: ['192.0.2.9'] }],
  }

  test('says of every part when it came; a list that did not change came before', async () => {
    const { client, connect, advance, clock } = arrange(seeds)
    const firstAt = clock.now()
    await client.pullDecisions({ machineId: machine() })
    advance(2 * HOUR_MS)
    await client.pullDecisions({ machineId: machine() })
    advance(60_000)
    const told = await connect().blocklistSources()
    expect(told).toMatchObject({ pulledAt: firstAt + 2 * HOUR_MS, nextPullInMs: 2 * HOUR_MS - 60_000 })
    expect(told.sources.map(({ kind, name, updatedAt }) => [kind, name, updatedAt])).toEqual([
      ['stream', 'CAPI', firstAt + 2 * HOUR_MS],
      ['blocklist', 'tor', firstAt],
      ['allowlist', 'mine', firstAt],
    ])
  })

  test('says that nothing was pulled yet', async () => {
    const { client } = arrange()
    expect(await client.blocklistSources()).toMatchObject({
      pulledAt: undefined,
      nextPullInMs: 0,
      sources: [{ size: 0 }],
    })
  })
})

test('client.isStarted() is true between start() and stop()', async () => {
  const { client } = arrange()
  expect(client.isStarted()).toBe(false)
  await client.start()
  const wasStarted = client.isStarted()
  await client.stop()
  expect([wasStarted, client.isStarted()]).toEqual([true, false])
  await client.close()
})
