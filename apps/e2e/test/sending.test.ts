import { AbortedError, SendFailedError, StorageError } from '@cscapi/client'
import { MemoryStorage } from '@cscapi/storage'
import { describe, expect, test } from 'vitest'
import { arrange, HOUR_MS, MINUTE_MS, machine, sendAll, signalsOf } from './arrange.js'

describe('sending', () => {
  test('every signal arrives once, in order per machine, in as few POSTs as the batch size allows', async () => {
    const { client, emulator } = arrange()
    const signals = [...signalsOf(machine(1), 120), ...signalsOf(machine(2), 50)]
    await client.addSignals(signals)
    const report = await client.sendSignals()
    expect(report).toMatchObject({ sent: 170, rejected: 0, postponed: 0, failing: 0, logins: 2 })
    expect(report).not.toHaveProperty('stopped')
    expect(emulator.record.count({ route: 'signals' })).toBe(4)
    for (const machineId of [machine(1), machine(2)]) {
      const sentInOrder = signals.filter((signal) => signal.machine_id === machineId).map(({ uuid }) => uuid)
      expect(emulator.signals.ofMachine(machineId).map(({ uuid }) => uuid)).toEqual(sentInOrder)
    }
    expect(emulator.signals.duplicates()).toEqual([])
  })

  test('what arrives is exactly what was added, and every request is valid in strict mode', async () => {
    const { client, emulator } = arrange()
    const signals = signalsOf(machine(), 3)
    await client.addSignals(signals)
    await client.sendSignals()
    expect(emulator.signals.values().map(({ signal }) => signal)).toEqual(signals)
    expect(emulator.record.requests.filter(({ status }) => status !== 200)).toEqual([])
  })

  test('after a run, each machine that got signals through reports metrics once, in UTC', async () => {
    const { client, emulator } = arrange()
    await client.addSignals([...signalsOf(machine(1), 60), ...signalsOf(machine(2), 1)])
    await client.sendSignals()
    const metrics = emulator.record.of('metrics')
    expect(metrics.map(({ machineId }) => machineId).sort()).toEqual([machine(1), machine(2)].sort())
    expect(metrics[0]?.body).toMatchObject({ bouncers: [], machines: [{ last_push: '2026-03-01T00:00:00.000Z' }] })
  })

  test('failing metrics lose nothing and are not repeated', async () => {
    const { client, emulator } = arrange()
    emulator.faults.inject({ route: 'metrics', status: 500, times: Number.POSITIVE_INFINITY })
    await client.addSignals(signalsOf(machine(), 1))
    expect(await client.sendSignals()).toMatchObject({ sent: 1 })
    expect(emulator.record.count({ route: 'metrics' })).toBe(1)
  })

  test('sent signals are deleted, or kept with prune: false', async () => {
    const { client, storage } = arrange()
    await client.addSignals(signalsOf(machine(), 2))
    await client.sendSignals({ prune: false })
    expect(await storage.listSignals({ status: 'sent' })).toMatchObject({ signals: [{}, {}] })
    await client.addSignals(signalsOf(machine(), 1))
    await client.sendSignals()
    expect((await storage.listSignals()).signals).toHaveLength(2)
    expect(await client.stats()).toMatchObject({ pending: 0, leased: 0, sent: 3 })
  })

  test('progress is told after each batch, with the number there is to do', async () => {
    const { client } = arrange()
    await client.addSignals(signalsOf(machine(), 120))
    const seen: [number, number][] = []
    await client.sendSignals({ onProgress: ({ sent, pendingAtStart }) => seen.push([sent, pendingAtStart]) })
    expect(seen).toEqual([
      [50, 120],
      [100, 120],
      [120, 120],
    ])
  })

  test('a report counts the requests and logins of its run, and none of what else the client does meanwhile', async () => {
    const { connect, emulator } = arrange()
    let pull: Promise<unknown> | undefined
    const client = connect({
      fetch: async (input, init) => {
        // The run's last call: the pull is over before the run is.
        if (String(input).endsWith('/metrics')) await pull
        return emulator.fetch(input, init)
      },
    })
    await client.addSignals(signalsOf(machine(1), 1))
    const report = await client.sendSignals({
      onProgress: () => {
        pull ??= client.getDecisions({ machineId: machine(2) })
      },
    })
    await pull
    expect(report).toMatchObject({ sent: 1, requests: 4, logins: 1 })
    expect(emulator.record.count()).toBe(7)
  })

  test('a batch is also bounded by bytes', async () => {
    const { connect, emulator } = arrange()
    const client = connect({ maxBatchBytes: 2_000 })
    const signals = signalsOf(machine(), 20)
    await client.addSignals(signals)
    await client.sendSignals()
    expect(emulator.signals.size).toBe(20)
    for (const { bodyBytes } of emulator.record.of('signals')) expect(bodyBytes).toBeLessThanOrEqual(2_000)
  })

  test('gzip is used for large bodies only, and CAPI understands it', async () => {
    const { connect, emulator } = arrange()
    const client = connect({ gzip: true })
    await client.addSignals(signalsOf(machine(), 51))
    await client.sendSignals()
    expect(emulator.signals.size).toBe(51)
    const [large, small] = emulator.record.of('signals')
    expect(large?.headers['content-encoding']).toBe('gzip')
    expect(large?.wireBytes).toBeLessThan(large?.bodyBytes ?? 0)
    expect(small?.headers['content-encoding']).toBeUndefined()
  })

  test('a second call waits for the first instead of racing it', async () => {
    const { client, emulator } = arrange()
    await client.addSignals(signalsOf(machine(), 100))
    const reports = await Promise.all([client.sendSignals(), client.sendSignals()])
    expect(reports.map(({ sent }) => sent)).toEqual([100, 0])
    expect(emulator.signals.duplicates()).toEqual([])
  })
})

describe('a refused batch', () => {
  test.each([400, 422])(
    '%i: the offenders alone are rejected with CAPI’s message, the others go through',
    async (status) => {
      const { client, emulator, storage } = arrange()
      const signals = signalsOf(machine(), 50)
      const poison = [signals[7]?.uuid, signals[31]?.uuid]
      const holdsPoison = (body: unknown) => poison.some((uuid) => JSON.stringify(body).includes(String(uuid)))
      emulator.faults.inject({
        route: 'signals',
        status,
        body: { message: 'Invalid request body', errors: '[no]' },
        when: ({ body }) => holdsPoison(body),
        times: Number.POSITIVE_INFINITY,
      })
      await client.addSignals(signals)
      expect(await client.sendSignals()).toMatchObject({ sent: 48, rejected: 2, postponed: 0 })
      const { signals: rejected } = await storage.listSignals({ status: 'rejected' })
      expect(rejected.map(({ uuid }) => uuid)).toEqual(poison)
      expect(rejected[0]).toMatchObject({ reason: 'Invalid request body: [no]', httpStatus: status })
    },
  )

  test('one poison signal among 50 costs at most 2 × log2(50) extra requests', async () => {
    const { client, emulator } = arrange()
    const signals = signalsOf(machine(), 50)
    const poison = String(signals[33]?.uuid)
    const when = ({ body }: { body: unknown }) => JSON.stringify(body).includes(poison)
    emulator.faults.inject({ route: 'signals', status: 400, when, times: Number.POSITIVE_INFINITY })
    await client.addSignals(signals)
    await client.sendSignals()
    expect(emulator.record.count({ route: 'signals' })).toBeLessThanOrEqual(1 + 2 * Math.ceil(Math.log2(50)))
  })

  test('413 halves the batch until it fits, and rejects what is too large alone', async () => {
    const { client, emulator } = arrange({ maxBodyBytes: 8_000 })
    const signals = signalsOf(machine(), 30)
    signals[3] = { ...(signals[3] as (typeof signals)[number]), message: 'x'.repeat(9_000) }
    await client.addSignals(signals)
    expect(await client.sendSignals()).toMatchObject({ sent: 29, rejected: 1 })
    expect(emulator.signals.size).toBe(29)
  })
})

describe('a ban', () => {
  test('403 stops everybody for an hour, without a login and without a request', async () => {
    const { client, connect, emulator, advance } = arrange()
    await client.addSignals([...signalsOf(machine(1), 1), ...signalsOf(machine(2), 1)])
    emulator.faults.inject({ route: 'signals', kind: 'ban' })
    expect(await client.sendSignals({ concurrency: 1 })).toMatchObject({ sent: 0, stopped: 'forbidden', postponed: 1 })
    expect(await client.stats()).toMatchObject({ pauseReason: 'forbidden', pending: 2 })
    const requests = emulator.record.count()
    const other = connect()
    advance(HOUR_MS - 1)
    expect(await other.sendSignals()).toMatchObject({ sent: 0, stopped: 'forbidden' })
    await expect(other.getDecisions({ machineId: machine(1) })).rejects.toMatchObject({ code: 'paused' })
    expect(await other.enrollMachines({ machineIds: [machine(1)], attachmentKey: 'abc' })).toMatchObject([
      { status: 'postponed' },
    ])
    expect(emulator.record.count()).toBe(requests)
    advance(0.1 * HOUR_MS + 1)
    expect(await other.sendSignals()).toMatchObject({ sent: 2 })
  })

  test('after it, one metrics call probes before anything else leaves; a 403 there pauses again', async () => {
    const { client, emulator, advance } = arrange()
    await client.addSignals(signalsOf(machine(), 1))
    emulator.faults.inject({ route: '*', kind: 'ban', skip: 2, times: 2 })
    await client.sendSignals()
    advance(1.1 * HOUR_MS + 1)
    const before = emulator.record.count()
    // The token has run out by now, so there is none to probe with, and the login is the probe.
    expect(await client.sendSignals()).toMatchObject({ sent: 0, stopped: 'forbidden' })
    expect(emulator.record.count()).toBe(before + 1)
    advance(1.1 * HOUR_MS + 1)
    expect(await client.sendSignals()).toMatchObject({ sent: 1 })
  })

  test('signals that are answered 403 alone, while the address is welcome, stop nobody for good', async () => {
    const { connect, emulator, advance, storage } = arrange({ tokenLifetimeMs: 24 * HOUR_MS })
    const client = connect()
    const signals = signalsOf(machine(1), 8)
    const poison = String(signals[5]?.uuid)
    const when = ({ body }: { body: unknown }) => JSON.stringify(body).includes(poison)
    emulator.faults.inject({ route: 'signals', kind: 'ban', when, times: Number.POSITIVE_INFINITY })
    await client.addSignals([...signals, ...signalsOf(machine(2), 1)])
    await client.sendSignals({ concurrency: 1 })
    advance(1.1 * HOUR_MS + 1)
    expect(await client.sendSignals({ concurrency: 1 })).toMatchObject({ sent: 8, rejected: 1 })
    expect((await storage.listSignals({ status: 'rejected' })).signals.map(({ uuid }) => uuid)).toEqual([poison])
  })
})

describe('a server in trouble', () => {
  test('429 puts back, ends the run, and is honoured by the next run', async () => {
    const { client, emulator, advance } = arrange()
    await client.addSignals([...signalsOf(machine(1), 1), ...signalsOf(machine(2), 1), ...signalsOf(machine(3), 1)])
    emulator.faults.inject({ route: 'signals', status: 429, retryAfter: 600 })
    expect(await client.sendSignals({ concurrency: 1 })).toMatchObject({
      sent: 0,
      stopped: 'rate_limited',
      resumeInMs: 600_000,
    })
    expect(await client.sendSignals()).toMatchObject({ sent: 0, requests: 0, stopped: 'rate_limited' })
    advance(10 * MINUTE_MS)
    expect(await client.sendSignals()).toMatchObject({ sent: 3 })
  })

  test('a backoff whose jitter is no wait at all is one like any other', async () => {
    const { connect, emulator } = arrange()
    const client = connect({ random: () => 0 })
    await client.addSignals(signalsOf(machine(), 1))
    emulator.faults.inject({ route: 'signals', status: 429, retryAfter: 0 })
    expect(await client.sendSignals()).toMatchObject({ sent: 0, postponed: 1, stopped: 'rate_limited' })
    emulator.faults.inject({ route: 'signals', status: 503 })
    expect(await client.sendSignals()).toMatchObject({ sent: 1, postponed: 1 })
  })

  test.each([408, 425, 500, 502, 503, 504])(
    '%i puts the batch back with a growing delay, and nothing is lost',
    async (status) => {
      const { client, emulator, advance } = arrange()
      await client.addSignals(signalsOf(machine(), 10))
      emulator.faults.inject({ route: 'signals', status, times: 3 })
      expect(await client.sendSignals()).toMatchObject({ sent: 0, postponed: 10 })
      expect(await client.sendSignals()).toMatchObject({ sent: 0, requests: 0 })
      advance(2_500)
      expect(await client.sendSignals()).toMatchObject({ postponed: 10 })
      advance(2_500)
      expect(await client.sendSignals()).toMatchObject({ requests: 0 })
      await sendAll(client, advance)
      expect(emulator.signals.size).toBe(10)
      expect(emulator.record.count({ route: 'signals' })).toBe(4)
    },
  )

  test.each(['reset', 'reset-after', 'html', 'cut'] as const)(
    '%s puts the batch back; a lost answer repeats the same uuids',
    async (kind) => {
      const { client, emulator, advance } = arrange()
      await client.addSignals(signalsOf(machine(), 10))
      emulator.faults.inject({ route: 'signals', kind })
      expect(await client.sendSignals()).toMatchObject({ sent: 0, postponed: 10 })
      await sendAll(client, advance)
      expect(emulator.signals.size).toBe(10)
      expect(emulator.signals.total).toBe(kind === 'reset-after' || kind === 'cut' ? 20 : 10)
    },
  )

  test('five such answers in a row end the run for every process; nothing hammers a server that is down', async () => {
    const { client, connect, emulator, advance } = arrange()
    for (let number = 1; number <= 20; number += 1) await client.addSignals(signalsOf(machine(number), 1))
    emulator.faults.inject({ route: '*', status: 503, times: Number.POSITIVE_INFINITY })
    const report = await client.sendSignals({ concurrency: 1 })
    expect(report).toMatchObject({ sent: 0, stopped: 'outage', requests: 5 })
    expect(await connect().sendSignals()).toMatchObject({ requests: 0, stopped: 'outage' })
    advance(report.resumeInMs ?? 0)
    emulator.faults.clear()
    expect(await sendAll(connect(), advance)).toBeGreaterThan(0)
    expect(emulator.signals.size).toBe(20)
  })

  test('any other answer resets the count: trouble of single machines is no outage', async () => {
    const { client, emulator } = arrange()
    for (let number = 1; number <= 20; number += 1) await client.addSignals(signalsOf(machine(number), 1))
    emulator.faults.inject({ route: 'signals', status: 500, every: 2, times: Number.POSITIVE_INFINITY })
    const report = await client.sendSignals({ concurrency: 1 })
    expect(report).toMatchObject({ sent: 10, postponed: 10 })
    expect(report).not.toHaveProperty('stopped')
  })

  test('neither does a machine that CAPI was not asked about', async () => {
    const { client, connect, emulator } = arrange()
    const odd = [1, 3, 5, 7, 9].map((number) => machine(number))
    for (const machineId of odd) await client.verify({ machineId })
    const loginBudget = { logins: 1, windowMs: HOUR_MS }
    const spender = connect({ loginBudget })
    await spender.verify({ machineId: machine(0) })
    for (let number = 1; number <= 9; number += 1) await spender.addSignals(signalsOf(machine(number), 1))
    emulator.faults.inject({ route: 'signals', status: 503, times: Number.POSITIVE_INFINITY })
    expect(await spender.sendSignals({ concurrency: 1 })).toMatchObject({ stopped: 'outage', requests: 5 })
  })

  test.each([404, 409])(
    '%i on signals, which says nothing about them, is tried less and less often',
    async (status) => {
      const { client, emulator, storage, advance } = arrange()
      await client.addSignals(signalsOf(machine(), 1))
      emulator.faults.inject({ route: 'signals', status, times: Number.POSITIVE_INFINITY })
      const waits: number[] = []
      client.on('postponed', ({ afterMs }) => waits.push(afterMs))
      for (let run = 0; run < 9; run += 1) {
        expect(await client.sendSignals()).toMatchObject({ postponed: 1 })
        advance(waits.at(-1) ?? 0)
      }
      expect(waits).toEqual([2_500, 5_000, 10_000, 20_000, 40_000, 80_000, 150_000, 150_000, 150_000])
      expect(await storage.stats()).toMatchObject({ pending: 1, rejected: 0 })
    },
  )

  test('a batch that only ever meets 500 is taken apart after a day, and the rest of the store goes on', async () => {
    const { client, emulator, advance, storage } = arrange()
    const signals = signalsOf(machine(1), 4)
    const poison = String(signals[2]?.uuid)
    const when = ({ body }: { body: unknown }) => JSON.stringify(body).includes(poison)
    emulator.faults.inject({ route: 'signals', status: 500, when, times: Number.POSITIVE_INFINITY })
    await client.addSignals(signals)
    for (let hours = 0; hours < 30; hours += 2) {
      await client.addSignals(signalsOf(machine(2), 1))
      await client.sendSignals({ concurrency: 1 })
      advance(2 * HOUR_MS)
    }
    const { signals: rejected } = await storage.listSignals({ status: 'rejected' })
    expect(rejected.map(({ uuid }) => uuid)).toEqual([poison])
    expect(await client.stats()).toMatchObject({ pending: 0, rejected: 1 })
  })
})

describe('an interrupted run', () => {
  test('an abort puts back what was not answered, leaves no lease, and says what was done', async () => {
    const { client, emulator } = arrange()
    await client.addSignals(signalsOf(machine(), 200))
    const stop = new AbortController()
    const failure = await client
      .sendSignals({ signal: stop.signal, onProgress: ({ sent }) => sent >= 100 && stop.abort() })
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(AbortedError)
    expect(failure).toMatchObject({ report: { sent: 100 } })
    expect(await client.stats()).toMatchObject({ pending: 100, leased: 0 })
    expect(await client.sendSignals()).toMatchObject({ sent: 100 })
    expect(emulator.signals.duplicates()).toEqual([])
  })

  test('an abort in the middle of a call ends it', async () => {
    const { client, emulator } = arrange()
    await client.addSignals(signalsOf(machine(), 1))
    const stop = new AbortController()
    const abortMeanwhile = () => {
      stop.abort()
      return true
    }
    emulator.faults.inject({ route: 'signals', kind: 'hang', when: abortMeanwhile })
    await expect(client.sendSignals({ signal: stop.signal })).rejects.toBeInstanceOf(AbortedError)
    expect(await client.stats()).toMatchObject({ pending: 1, leased: 0 })
  })

  test('closing the client ends its run, and another client finishes', async () => {
    const { connect, emulator } = arrange()
    const first = connect()
    await first.addSignals(signalsOf(machine(), 200))
    const running = first.sendSignals({ onProgress: ({ sent }) => void (sent === 50 && first.close()) })
    await expect(running).rejects.toBeInstanceOf(AbortedError)
    const second = connect()
    await second.sendSignals()
    expect(emulator.signals.size).toBe(200)
    expect(emulator.signals.duplicates()).toEqual([])
  })

  test('a store that fails ends the run with an error that carries the report', async () => {
    const { connect, storage } = arrange()
    class FullDisk extends MemoryStorage {
      #settled = 0
      override async settle(...args: Parameters<MemoryStorage['settle']>) {
        this.#settled += 1
        if (this.#settled <= 2) return super.settle(...args)
        const details = { adapter: 'memory', operation: 'settle' }
        throw new StorageError('storage_unavailable', 'No space left', details)
      }
    }
    const client = connect({ storage: new FullDisk({ shared: storage }) })
    await client.addSignals(signalsOf(machine(), 120))
    const failure = await client.sendSignals().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(SendFailedError)
    expect(failure).toMatchObject({ code: 'storage_unavailable', retryable: true, report: { sent: 100 } })
  })
})
