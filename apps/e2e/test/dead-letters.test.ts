import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CapiClient, RejectedSignalInfo, Signal } from '@cscapi/client'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, MINUTE_MS, machine, signalsOf } from './arrange.js'

type Arranged = ReturnType<typeof arrange>

/** CAPI refuses every batch that holds one of these signals. */
function refuse({ emulator }: Pick<Arranged, 'emulator'>, signals: readonly Signal[], status = 400) {
  const uuids = new Set(signals.map(({ uuid }) => uuid))
  return emulator.faults.inject({
    route: 'signals',
    status,
    body: { message: 'Invalid request body', errors: '[scenario is unknown]' },
    when: ({ body }) => Array.isArray(body) && body.some(({ uuid }) => uuids.has(uuid)),
    times: Number.POSITIVE_INFINITY,
  })
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

const uuidsOf = (letters: readonly RejectedSignalInfo[]) => letters.map(({ uuid }) => uuid)

describe('rejected signals', () => {
  test('are listed with CAPI’s message, its status and the time', async () => {
    const { client, emulator, clock, advance } = arrange()
    const signals = signalsOf(machine(), 120)
    const poison = [signals[7], signals[99]].filter((signal) => signal !== undefined)
    refuse({ emulator }, poison, 422)
    await client.addSignals(signals)
    const at = clock.now()
    await client.sendSignals()
    advance(3 * HOUR_MS)
    expect(await all(client.rejectedSignals())).toEqual(
      poison.map((signal) => ({
        machineId: machine(),
        uuid: signal.uuid,
        signal,
        json: JSON.stringify(signal),
        reason: 'Invalid request body: [scenario is unknown]',
        status: 422,
        rejectedAt: at,
      })),
    )
  })

  test('are read in pages over any number, by machine and by age', async () => {
    const { client, emulator, advance } = arrange()
    const old = [...signalsOf(machine(1), 150), ...signalsOf(machine(2), 120)]
    const fresh = signalsOf(machine(1), 10)
    refuse({ emulator }, [...old, ...fresh])
    await client.addSignals(old)
    await client.sendSignals()
    advance(HOUR_MS)
    await client.addSignals(fresh)
    await client.sendSignals()
    advance(MINUTE_MS)
    expect(await all(client.rejectedSignals())).toHaveLength(280)
    expect(await all(client.rejectedSignals({ machineId: machine(2) }))).toHaveLength(120)
    expect(await all(client.rejectedSignals({ olderThanMs: HOUR_MS }))).toHaveLength(270)
    expect(await all(client.rejectedSignals({ machineId: machine(1), olderThanMs: HOUR_MS }))).toHaveLength(150)
    expect(await all(client.rejectedSignals({ machineId: machine(3) }))).toEqual([])
  })

  test('one that cannot be read as a signal is shown as it is, and hides no other', async () => {
    const { client, storage } = arrange()
    const uuids = ['a', 'b']
    await storage.enqueue(
      uuids.map((uuid) => ({ machineId: machine(), uuid, payload: uuid === 'a' ? '{' : '{\n "a": 1\n}' })),
    )
    const lease = await storage.lease({ leaseMs: 1_000, maxSignals: 2 })
    if (lease === undefined) throw new Error('nothing was leased')
    await storage.settle(lease, { rejected: uuids.map((uuid) => ({ uuid, reason: 'no' })) })
    expect(await all(client.rejectedSignals())).toMatchObject([
      { uuid: 'a', signal: undefined, json: '{', reason: 'no', status: undefined },
      { uuid: 'b', signal: undefined },
    ])
    expect(await all(client.exportRejected())).toEqual(['{\n', '{"a":1}\n'])
  })
})

describe('requeueRejected', () => {
  test('sends them again once CAPI’s trouble is over', async () => {
    const { client, emulator } = arrange()
    const signals = signalsOf(machine(), 60)
    const poison = signals.slice(0, 20)
    const fault = refuse({ emulator }, poison)
    await client.addSignals(signals)
    expect(await client.sendSignals()).toMatchObject({ sent: 40, rejected: 20 })
    fault.remove()
    expect(await client.requeueRejected()).toBe(20)
    expect(await client.sendSignals()).toMatchObject({ sent: 20, rejected: 0 })
    expect(emulator.signals.size).toBe(60)
    expect(await all(client.rejectedSignals())).toEqual([])
  })

  test('goes by machine and age', async () => {
    const { client, emulator, advance } = arrange()
    const signals = [...signalsOf(machine(1), 5), ...signalsOf(machine(2), 7)]
    refuse({ emulator }, signals)
    await client.addSignals(signals)
    await client.sendSignals()
    expect(await client.requeueRejected({ olderThanMs: MINUTE_MS })).toBe(0)
    advance(MINUTE_MS)
    expect(await client.requeueRejected({ olderThanMs: MINUTE_MS, machineId: machine(2) })).toBe(7)
    expect(await client.stats()).toMatchObject({ pending: 7, rejected: 5 })
  })

  test('ends although a sender at work has them rejected again meanwhile', async () => {
    const { client, connect, storage, emulator, advance } = arrange()
    const signals = signalsOf(machine(), 600)
    refuse({ emulator }, signals)
    await client.addSignals(signals)
    await client.sendSignals({ batchSize: 1_000 })
    const sender = connect()
    const requeueSignals = storage.requeueSignals.bind(storage)
    let slices = 0
    const watched = connect({
      storage: Object.assign(Object.create(storage) as typeof storage, {
        open: () => storage.open(),
        getState: storage.getState.bind(storage),
        setState: storage.setState.bind(storage),
        requeueSignals: async (...args: Parameters<typeof requeueSignals>) => {
          slices += 1
          const count = await requeueSignals(...args)
          advance(1)
          await sender.sendSignals({ batchSize: 1_000 })
          return count
        },
      }),
    })
    expect(await watched.requeueRejected()).toBe(600)
    expect(slices).toBe(3)
    expect(await client.stats()).toMatchObject({ pending: 0, rejected: 600 })
  })
})

describe('purgeRejected', () => {
  test('deletes dead letters of that age, and nothing else', async () => {
    const { client, emulator, advance } = arrange()
    const poison = signalsOf(machine(1), 700)
    refuse({ emulator }, poison)
    await client.addSignals(poison)
    await client.sendSignals()
    advance(HOUR_MS)
    const late = signalsOf(machine(2), 3)
    refuse({ emulator }, late)
    await client.addSignals([...late, ...signalsOf(machine(3), 4)])
    await client.sendSignals({ prune: false })
    await client.addSignals(signalsOf(machine(3), 5))
    expect(await client.purgeRejected({ olderThanMs: HOUR_MS, machineId: machine(2) })).toBe(0)
    expect(await client.purgeRejected({ olderThanMs: HOUR_MS })).toBe(700)
    expect(await client.purgeRejected({ olderThanMs: HOUR_MS })).toBe(0)
    expect(await client.stats()).toMatchObject({ pending: 5, rejected: 3 })
  })

  test.each([-1, Number.NaN, undefined])('an age of %s is an input error', async (olderThanMs) => {
    const { client } = arrange()
    const filter = { olderThanMs: olderThanMs as number, machineId: '' }
    await expect(client.purgeRejected(filter)).rejects.toMatchObject({ code: 'invalid_input' })
  })

  test('wants an age', async () => {
    const { client } = arrange()
    await expect(client.purgeRejected({} as { olderThanMs: number })).rejects.toMatchObject({
      issues: [{ path: 'olderThanMs' }],
    })
  })
})

describe('exportRejected', () => {
  test('writes JSON lines that addSignals takes back once they are corrected', async () => {
    const { client, emulator } = arrange()
    const signals = signalsOf(machine(), 130).map((signal) => ({ ...signal, message: 'two\nlines' }))
    refuse({ emulator }, signals.slice(0, 110))
    await client.addSignals(signals)
    await client.sendSignals()
    const path = join(temporaryFolder(), 'rejected.jsonl')
    await writeFile(path, client.exportRejected())
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual(signals.slice(0, 110))

    emulator.faults.clear()
    expect(await client.purgeRejected({ olderThanMs: 0 })).toBe(110)
    const corrected = lines.map((line): Signal => ({ ...JSON.parse(line), message: 'one line' }))
    expect(await client.addSignals(corrected)).toMatchObject({ added: 110, duplicates: 0 })
    expect(await client.sendSignals()).toMatchObject({ sent: 110, rejected: 0 })
    expect(emulator.signals.size).toBe(130)
  })

  test('as long as the originals are there, the corrected ones are duplicates: nothing is sent twice', async () => {
    const { client, emulator } = arrange()
    const signals = signalsOf(machine(), 3)
    refuse({ emulator }, signals)
    await client.addSignals(signals)
    await client.sendSignals()
    expect(await client.addSignals(signals)).toMatchObject({ added: 0, duplicates: 3 })
  })

  test('corrected ones pass the dedup window on request', async () => {
    const { connect, emulator } = arrange()
    const client = connect({ dedup: { by: ['source'], windowMs: HOUR_MS } })
    const signals = signalsOf(machine(), 3)
    refuse({ emulator }, signals)
    await client.addSignals(signals)
    await client.sendSignals()
    const lines = await all(client.exportRejected())
    await client.purgeRejected({ olderThanMs: 0 })
    const back = lines.map((line): Signal => JSON.parse(line))
    expect(await client.addSignals(back)).toMatchObject({ added: 0, repeated: 3 })
    expect(await client.addSignals(back, { dedup: false })).toMatchObject({ added: 3, repeated: 0 })
  })
})

describe('ending early', () => {
  async function withRejected(count: number) {
    const { client, emulator } = arrange()
    const signals = signalsOf(machine(), count)
    refuse({ emulator }, signals)
    await client.addSignals(signals)
    await client.sendSignals({ batchSize: 1_000 })
    return client
  }

  test('an aborted signal ends each of them, and the error says how far it came', async () => {
    const client = await withRejected(5)
    const signal = AbortSignal.abort()
    const aborted = { code: 'aborted' }
    await expect(all(client.rejectedSignals({ signal }))).rejects.toMatchObject(aborted)
    await expect(all(client.exportRejected({ signal }))).rejects.toMatchObject(aborted)
    await expect(client.requeueRejected({ signal })).rejects.toMatchObject({ ...aborted, report: { count: 0 } })
    await expect(client.purgeRejected({ signal, olderThanMs: 0 })).rejects.toMatchObject(aborted)
    expect(await client.stats()).toMatchObject({ rejected: 5 })
  })

  test('a reader may stop in the middle', async () => {
    const client = await withRejected(150)
    const seen: string[] = []
    for await (const { uuid } of client.rejectedSignals()) {
      seen.push(uuid)
      if (seen.length === 120) break
    }
    expect(uuidsOf(await all(client.rejectedSignals())).slice(0, 120)).toEqual(seen)
  })

  test('a closed client says so', async () => {
    const client = await withRejected(1)
    await client.close()
    for (const attempt of [
      () => all(client.rejectedSignals()),
      () => all(client.exportRejected()),
      () => client.requeueRejected(),
      () => client.purgeRejected({ olderThanMs: 0 }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'client_closed' })
    }
  })
})

describe('on SQLite', () => {
  let client: CapiClient
  let arranged: Arranged
  beforeEach(() => {
    arranged = arrange()
    client = arranged.connect({
      storage: new SqliteStorage({ path: join(temporaryFolder(), 'cscapi.db'), now: arranged.clock.now }),
    })
  })
  afterEach(() => client.close())

  test.each([400, 413, 422])(
    'one poison signal among 10,000, refused with %i, costs at most 2 × log2(50) extra requests',
    async (status) => {
      const signals = signalsOf(machine(), 10_000)
      const poison = signals.slice(6_242, 6_243)
      refuse(arranged, poison, status)
      await client.addSignals(signals)
      expect(await client.sendSignals()).toMatchObject({ sent: 9_999, rejected: 1, postponed: 0 })
      const requests = arranged.emulator.record.count({ route: 'signals' })
      expect(requests - 10_000 / 50).toBeLessThanOrEqual(2 * Math.log2(50))
      expect(uuidsOf(await all(client.rejectedSignals()))).toEqual(poison.map(({ uuid }) => uuid))
      expect(arranged.emulator.signals.duplicates()).toEqual([])
    },
  )

  test('listing, requeueing and purging keep their promises there too', async () => {
    const { clock, advance, emulator } = arranged
    const signals = signalsOf(machine(), 620)
    const fault = refuse(arranged, signals)
    await client.addSignals(signals)
    await client.sendSignals({ batchSize: 1_000 })
    const at = clock.now()
    advance(HOUR_MS)
    const letters = await all(client.rejectedSignals())
    expect(uuidsOf(letters)).toEqual(signals.map(({ uuid }) => uuid))
    expect(letters[0]).toMatchObject({ status: 400, rejectedAt: at })
    fault.remove()
    expect(await client.requeueRejected({ olderThanMs: HOUR_MS })).toBe(620)
    expect(await client.sendSignals()).toMatchObject({ sent: 620 })
    expect(await client.purgeRejected({ olderThanMs: 0 })).toBe(0)
    expect(emulator.signals.size).toBe(620)
  })
})
