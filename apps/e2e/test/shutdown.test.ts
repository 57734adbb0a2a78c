import { AbortedError, ClientStoppedError, InputError, PartlyAddedError } from '@cscapi/client'
import { describe, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS, machine, signalsOf } from './arrange.js'
import { arrangeScheduled } from './arrange-scheduled.js'

const SIGNALS = ['SIGTERM', 'SIGINT'] as const
const listeners = () => SIGNALS.map((signal) => process.listenerCount(signal))

/** Sending is under way: each answer takes a second, and some have come. */
async function arrangeSending(latencyMs = 1_000) {
  const arranged = arrangeScheduled({ latencyMs })
  const { time, connect } = arranged
  const { client } = connect({ concurrency: 4 })
  for (let number = 0; number < 4; number += 1) await client.addSignals(signalsOf(machine(number), 500))
  const sending = client.sendSignals().catch((error: unknown) => error)
  await time.advance(4_500)
  return { ...arranged, client, sending }
}

describe('stop', () => {
  test('finishes the calls under way, begins none, and says what remains', async () => {
    const { time, emulator, connect, client, sending } = await arrangeSending()
    const before = emulator.record.count({ route: 'signals' })
    const stopping = client.stop()
    await time.advance(10_000)
    const report = await stopping
    expect(report).toMatchObject({ leased: 0, heldLeases: 0, running: false })
    expect(report.durationMs).toBeLessThanOrEqual(1_000)
    expect(report.pending).toBe(2_000 - emulator.signals.size)
    expect(emulator.record.count({ route: 'signals' })).toBe(before)
    expect(emulator.signals.size).toBeGreaterThan(0)
    expect(await sending).toBeInstanceOf(AbortedError)
    expect(time.sleeping).toBe(0)
    await client.close()

    // What was put back goes through later, nothing twice.
    const { client: next } = connect()
    const rest = next.sendSignals()
    await time.advance(HOUR_MS)
    expect(await rest).toMatchObject({ sent: report.pending })
    expect(emulator.signals.size).toBe(2_000)
    expect(emulator.signals.duplicates()).toEqual([])
  })

  test('puts back what is not finished within the deadline', async () => {
    const { time, storage, client, sending } = await arrangeSending()
    const stopping = client.stop({ deadlineMs: 400 })
    await time.advance(400)
    expect(await stopping).toMatchObject({ leased: 0, heldLeases: 0, running: false, durationMs: 300 })
    expect(await sending).toMatchObject({ code: 'aborted', report: { logins: 4 } })
    expect(await storage.stats()).toMatchObject({ leased: 0 })
    await client.close()
  })

  test('ends the intake: no signal is taken any more, and nothing else begins', async () => {
    const { connect } = arrangeScheduled()
    const { client } = connect()
    await client.addSignals(signalsOf(machine(), 1))
    expect(await client.stop()).toMatchObject({ pending: 1, leased: 0, running: false })
    await expect(client.addSignals(signalsOf(machine(), 1))).rejects.toBeInstanceOf(ClientStoppedError)
    await expect(client.sendSignals()).rejects.toMatchObject({ code: 'client_stopped', retryable: false })
    await expect(client.getDecisions({ machineId: machine() })).rejects.toBeInstanceOf(ClientStoppedError)
    await expect(client.start()).rejects.toBeInstanceOf(ClientStoppedError)
    expect(await client.stats()).toMatchObject({ pending: 1 })
    await client.close()
    await expect(client.addSignals(signalsOf(machine(), 1))).rejects.toMatchObject({ code: 'client_closed' })
  })

  test.each(['one after the other', 'asynchronously'])(
    'ends an iterable that is being added %s, and its error says how far it came',
    async (kind) => {
      const { time, storage, connect } = arrangeScheduled()
      const { client } = connect()
      const source = signalsOf(machine(), 3_000)
      let stopping: Promise<unknown> | undefined
      let isReturned = false
      function* stoppedMidway() {
        for (const [index, signal] of source.entries()) {
          if (index === 1_500) stopping = client.stop()
          yield signal
        }
      }
      async function* asynchronous() {
        try {
          yield* stoppedMidway()
        } finally {
          isReturned = true
        }
      }
      const adding = client.addSignals(kind === 'asynchronously' ? asynchronous() : stoppedMidway())
      await expect(adding).rejects.toMatchObject({ code: 'client_stopped', added: 1_000, index: 1_000 })
      await expect(adding).rejects.toBeInstanceOf(PartlyAddedError)
      await time.advance(10_000)
      expect(await stopping).toMatchObject({ pending: 1_000, running: false })
      expect((await storage.stats()).pending).toBe(1_000)
      expect(isReturned).toBe(kind === 'asynchronously')
      await client.close()
    },
  )

  test('does not wait for a source of signals that gives nothing', async () => {
    const { time, connect } = arrangeScheduled()
    const { client } = connect()
    async function* silent() {
      yield signalsOf(machine(), 1)[0] as never
      await new Promise(() => undefined)
    }
    const adding = client.addSignals(silent()).catch((error: unknown) => error)
    await time.settle()
    expect(await client.stop()).toMatchObject({ running: false, durationMs: 0 })
    expect(await adding).toMatchObject({ code: 'client_stopped', added: 0, index: 0 })
    await client.close()
  })

  test('says so when the store does not answer, and does not wait for it longer than the deadline', async () => {
    const { time, storage, connect } = arrangeScheduled()
    const { client } = connect({ storage })
    await client.stats()
    storage.enqueue = () => new Promise(() => undefined)
    storage.stats = () => new Promise(() => undefined)
    void client.addSignals(signalsOf(machine(), 1))
    await time.settle()
    const stopping = client.stop({ deadlineMs: 1_000 })
    await time.advance(1_000)
    expect(await stopping).toMatchObject({ running: true, pending: undefined, leased: undefined, durationMs: 1_000 })
    expect(time.sleeping).toBe(0)
  })

  test('called again gives the first report; the event tells it once', async () => {
    const { connect } = arrangeScheduled()
    const { client } = connect()
    const told: unknown[] = []
    client.on('stopped', (report) => told.push(report))
    const [one, other] = await Promise.all([client.stop(), client.stop({ deadlineMs: 100 })])
    expect(other).toBe(one)
    expect(told).toEqual([one])
    await expect(client.stop({ deadlineMs: 0 })).rejects.toBeInstanceOf(InputError)
    await client.close()
  })

  test('a scheduled sending that it broke off is taken up at once by the next process; a pull is not made again', async () => {
    const { time, emulator, storage, connect } = arrangeScheduled({ latencyMs: 1_000 })
    const { client } = connect({ concurrency: 1 })
    await client.addSignals(signalsOf(machine(), 500))
    await client.start({ pullMachineId: machine(), stopDeadlineMs: 10_000 })
    await time.advance(6_500)
    const stopping = client.stop()
    await time.advance(10_000)
    expect((await stopping).pending).toBeGreaterThan(0)
    await client.close()
    expect(await storage.getState('scheduler:leader')).toBeUndefined()
    const { client: next } = connect()
    await next.start({ pullMachineId: machine() })
    await time.advance(MINUTE_MS)
    expect(emulator.signals.size).toBe(500)
    expect(emulator.signals.duplicates()).toEqual([])
    expect(emulator.record.count({ route: 'decisions' })).toBe(1)
    await next.close()
  })
})

describe('close alone', () => {
  test('leaves no lease, no timer, no leader and no listener', async () => {
    const { time, storage, connect } = arrangeScheduled({ latencyMs: 1_000 })
    const before = listeners()
    const { client } = connect()
    await client.addSignals(signalsOf(machine(), 500))
    await client.start({ handleSignals: true, pullMachineId: machine(), retention: { keepSentMs: HOUR_MS } })
    expect(listeners()).toEqual(before.map((count) => count + 1))
    await time.advance(5_500)
    expect(await storage.stats()).toMatchObject({ leased: 50 })
    await client.close()
    expect(await storage.stats()).toMatchObject({ leased: 0 })
    expect(await storage.getState('scheduler:leader')).toBeUndefined()
    expect(listeners()).toEqual(before)
    await time.advance(2_000)
    expect(time.sleeping).toBe(0)
  })

  test('after a start that has not got anywhere yet is fine too', async () => {
    const { time, connect } = arrangeScheduled()
    const { client } = connect()
    const starting = client.start()
    await client.close()
    await starting.catch(() => undefined)
    await time.settle()
    expect(time.sleeping).toBe(0)
  })
})

describe('handleSignals', () => {
  test('stops and closes at a SIGTERM, and leaves the exit to whoever else listens', async () => {
    const { time, emulator, storage, connect } = arrangeScheduled({ latencyMs: 1_000 })
    const { client } = connect()
    let heard = 0
    const other = () => {
      heard += 1
    }
    process.on('SIGTERM', other)
    const before = listeners()
    try {
      await client.addSignals(signalsOf(machine(), 500))
      await client.start({ handleSignals: true })
      await time.advance(5_500)
      const reports: unknown[] = []
      client.on('stopped', (report) => reports.push(report))
      process.emit('SIGTERM', 'SIGTERM')
      await time.advance(8_000)
      expect(heard).toBe(1)
      expect(reports).toMatchObject([{ pending: 500 - emulator.signals.size, leased: 0, running: false }])
      expect(await storage.stats()).toMatchObject({ leased: 0 })
      await expect(client.stats()).rejects.toMatchObject({ code: 'client_closed' })
      expect(listeners()).toEqual(before)
    } finally {
      process.off('SIGTERM', other)
    }
  })

  test('without it, the process’s signals are nobody’s business but yours', async () => {
    const { connect } = arrangeScheduled()
    const before = listeners()
    const { client } = connect()
    await client.start()
    expect(listeners()).toEqual(before)
    await client.close()
  })
})
