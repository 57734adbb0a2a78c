import { InputError, StorageError } from '@cscapi/client'
import { MemoryStorage } from '@cscapi/storage'
import { describe, expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS, machine, signalsOf } from './arrange.js'
import { arrangeScheduled } from './arrange-scheduled.js'

const ALWAYS = { times: Number.POSITIVE_INFINITY }

describe('the scheduler', () => {
  test('sends what was added meanwhile, every 10 minutes and up to 10 % later', async () => {
    const { time, emulator, connect } = arrangeScheduled()
    const { client, warnings } = connect()
    await client.start()
    for (let minute = 0; minute < 120; minute += 1) {
      await client.addSignals(signalsOf(machine(), 1))
      await time.advance(MINUTE_MS)
    }
    await client.close()
    const times = emulator.record.of('signals').map(({ at }) => at)
    expect(times.length).toBeGreaterThanOrEqual(11)
    for (const [index, at] of times.slice(1).entries()) {
      const gap = at - (times[index] as number)
      expect(gap).toBeGreaterThanOrEqual(10 * MINUTE_MS)
      expect(gap).toBeLessThanOrEqual(11 * MINUTE_MS)
    }
    expect(emulator.signals.size).toBeGreaterThanOrEqual(110)
    expect(warnings).toEqual([])
  })

  test('pulls every 2 hours and up to 10 % later, for the machine that it is given', async () => {
    const { time, emulator, connect } = arrangeScheduled()
    const { client } = connect()
    await client.start({ pullMachineId: machine(7) })
    await time.advance(24 * HOUR_MS)
    await client.close()
    const pulls = emulator.record.of('decisions')
    expect(pulls.length).toBeGreaterThanOrEqual(11)
    expect(pulls.length).toBeLessThanOrEqual(12)
    expect(new Set(pulls.map(({ machineId }) => machineId))).toEqual(new Set([machine(7)]))
    for (const [index, { at }] of pulls.slice(1).entries()) {
      expect(at - (pulls[index]?.at as number)).toBeGreaterThanOrEqual(2 * HOUR_MS)
    }
  })

  test('pulls nothing without a machine to pull for', async () => {
    const { time, emulator, connect } = arrangeScheduled()
    const { client } = connect()
    await client.start()
    await time.advance(24 * HOUR_MS)
    await client.close()
    expect(emulator.record.count()).toBe(0)
  })

  test('never does the same thing twice at once, however long it takes', async () => {
    const { time, emulator, fetch, connect } = arrangeScheduled()
    let pulling = 0
    let most = 0
    const slow: typeof fetch = async (input, init) => {
      pulling += 1
      most = Math.max(most, pulling)
      await time.sleep(30_000)
      pulling -= 1
      return fetch(input, init)
    }
    const { client } = connect({ fetch: slow })
    await client.start({ sendEveryMs: HOUR_MS, pullEveryMs: 1_000, force: true, pullMachineId: machine() })
    await time.advance(10 * MINUTE_MS)
    await client.close()
    expect(most).toBe(1)
    expect(emulator.record.count({ route: 'decisions' })).toBeGreaterThanOrEqual(15)
  })

  test('a restart makes nothing come earlier, however often it happens', async () => {
    const { time, emulator, connect } = arrangeScheduled()
    for (let start = 0; start < 60; start += 1) {
      const { client } = connect()
      await client.addSignals(signalsOf(machine(), 1))
      await client.start({ pullMachineId: machine() })
      await time.advance(MINUTE_MS)
      await client.close()
    }
    expect(emulator.record.count({ route: 'decisions' })).toBe(1)
    expect(emulator.record.count({ route: 'signals' })).toBe(6)
    expect(emulator.machines.logins()).toBe(1)
  })

  test('says so when it is asked for more than good practice, and pulls no more often than every 2 hours unless forced', async () => {
    const { time, emulator, connect } = arrangeScheduled()
    const { client, warnings } = connect()
    await client.start({ sendEveryMs: 4 * MINUTE_MS, pullEveryMs: HOUR_MS, pullMachineId: machine() })
    expect(warnings.map(({ code }) => code)).toEqual(['sends_often', 'pulls_often'])
    await time.advance(5 * HOUR_MS)
    await client.close()
    expect(emulator.record.count({ route: 'decisions' })).toBe(3)

    const forced = connect()
    await time.advance(3 * HOUR_MS)
    await forced.client.start({ pullEveryMs: HOUR_MS, pullMachineId: machine(), force: true })
    expect(forced.warnings.map(({ code }) => code)).toEqual(['pulls_often'])
    await time.advance(5 * HOUR_MS)
    await forced.client.close()
    expect(emulator.record.count({ route: 'decisions' })).toBe(3 + 5)
  })

  test('refuses bad options all at once, and a second start', async () => {
    const { connect } = arrangeScheduled()
    const { client } = connect()
    const failure = await client
      .start({ sendEveryMs: 0, leaderHoldMs: 1, retention: { keepSentMs: -1 } })
      .catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(InputError)
    expect(failure).toMatchObject({
      issues: [{ path: 'sendEveryMs' }, { path: 'retention.keepSentMs' }, { path: 'leaderHoldMs' }],
    })
    await client.start()
    await expect(client.start()).rejects.toMatchObject({ code: 'already_started' })
    await client.close()
  })
})

describe('the leader', () => {
  test('is one, whatever the number of processes: the others stand by', async () => {
    const { time, emulator, connect } = arrangeScheduled()
    const processes = Array.from({ length: 5 }, () => connect())
    for (const { client } of processes) await client.start({ pullMachineId: machine() })
    for (let round = 0; round < 6; round += 1) {
      await processes[round % 5]?.client.addSignals(signalsOf(machine(), 1))
      await time.advance(11 * MINUTE_MS)
    }
    for (const { client } of processes) await client.close()
    expect(emulator.record.count({ route: 'decisions' })).toBe(1)
    expect(emulator.signals.size).toBe(6)
    expect(emulator.record.count({ route: 'signals' })).toBe(6)
  })

  test('is followed within half a minute when it is stopped', async () => {
    const { time, emulator, connect } = arrangeScheduled()
    const [one, other] = [connect(), connect()]
    await one.client.start()
    await time.advance(MINUTE_MS)
    await other.client.start()
    await time.advance(8 * MINUTE_MS)
    await one.client.stop()
    await one.client.close()
    await other.client.addSignals(signalsOf(machine(), 1))
    await time.advance(2 * MINUTE_MS)
    expect(emulator.signals.size).toBe(1)
    await other.client.close()
  })

  test('is followed when its hold runs out after it died, and does nothing more when it wakes up again', async () => {
    const { time, emulator, storage, connect } = arrangeScheduled()
    const [one, other] = [connect(), connect()]
    await one.client.start({ leaderHoldMs: 30_000 })
    await time.advance(MINUTE_MS)
    await other.client.start({ leaderHoldMs: 30_000 })
    one.freeze()
    const held = (await storage.getState('scheduler:leader'))?.value
    await time.advance(20_000)
    expect((await storage.getState('scheduler:leader'))?.value).toEqual(held)
    await time.advance(35_000)
    expect((await storage.getState('scheduler:leader'))?.value).not.toEqual(held)
    await other.client.addSignals(signalsOf(machine(), 1))
    await time.advance(10 * MINUTE_MS)
    expect(emulator.signals.size).toBe(1)
    await other.client.close()
  })

  test('that was away for longer than its hold finds that another one leads, says so and stands by', async () => {
    const { time, storage, connect } = arrangeScheduled()
    const { client, warnings } = connect()
    await client.start()
    await time.advance(MINUTE_MS)
    // As if it had been suspended, and another one had taken its place.
    await storage.setState('scheduler:leader', new Uint8Array([1]), { expiresInMs: 10 * MINUTE_MS })
    await time.advance(MINUTE_MS)
    expect(warnings.map(({ code }) => code)).toEqual(['leader_lost'])
    expect((await storage.getState('scheduler:leader'))?.value).toEqual(new Uint8Array([1]))
    await time.advance(10 * MINUTE_MS)
    expect((await storage.getState('scheduler:leader'))?.value).not.toEqual(new Uint8Array([1]))
    await client.close()
    expect(await storage.getState('scheduler:leader')).toBeUndefined()
  })
})

describe('trouble', () => {
  test('a pull that fails is tried again with a growing delay, and each failure is a warning', async () => {
    const { time, emulator, connect } = arrangeScheduled()
    const { client, warnings } = connect({ maxRetries: 0 })
    emulator.faults.inject({ route: 'decisions', status: 503, times: 4 })
    await client.start({ pullMachineId: machine() })
    await time.advance(2 * HOUR_MS)
    await client.close()
    const times = emulator.record.of('decisions').map(({ at }) => at)
    const gaps = times.slice(1).map((at, index) => (at - (times[index] as number)) / MINUTE_MS)
    expect(gaps.map(Math.round)).toEqual([4, 8, 15, 30])
    expect(warnings.map(({ code }) => code)).toEqual(Array(4).fill('pull_failed'))
    expect(warnings[0]?.error).toMatchObject({ code: 'server_error' })
  })

  test('a pull that meets a ban waits for the pause to end, without a request', async () => {
    const { time, emulator, connect } = arrangeScheduled()
    const { client } = connect()
    emulator.faults.inject({ route: 'decisions', kind: 'ban' })
    await client.start({ pullMachineId: machine() })
    await time.advance(HOUR_MS)
    expect(emulator.record.count({ route: 'decisions' })).toBe(1)
    const requests = emulator.record.count()
    await time.advance(HOUR_MS)
    await client.close()
    expect(emulator.record.count({ route: 'decisions', status: 200 })).toBe(1)
    expect(emulator.record.requests.slice(requests)[0]?.at).toBeGreaterThanOrEqual(time.now() - HOUR_MS)
  })

  test('a store that fails for a while ends nothing: it is a warning, and all goes on when the store is back', async () => {
    const { time, emulator, storage, connect } = arrangeScheduled()
    const failing = new FailingStorage({ shared: storage })
    const { client, warnings } = connect({ storage: failing })
    await client.start({ pullMachineId: machine(), retention: { keepSentMs: HOUR_MS } })
    await client.addSignals(signalsOf(machine(), 3))
    await time.advance(11 * MINUTE_MS)
    expect(emulator.signals.size).toBe(3)
    failing.isDown = true
    await time.advance(3 * HOUR_MS)
    expect(warnings.length).toBeGreaterThan(10)
    expect(warnings.length).toBeLessThan(300)
    failing.isDown = false
    await client.addSignals(signalsOf(machine(), 3))
    await time.advance(30 * MINUTE_MS)
    expect(emulator.signals.size).toBe(6)
    await client.close()
    expect(await storage.getState('scheduler:leader')).toBeUndefined()
  })

  test('a listener of warnings that throws breaks nothing', async () => {
    const { time, emulator, connect } = arrangeScheduled()
    const { client } = connect({ maxRetries: 0 })
    client.on('warning', () => {
      throw new Error('a listener')
    })
    emulator.faults.inject({ route: 'decisions', status: 500, times: 2 })
    await client.start({ pullMachineId: machine() })
    await time.advance(HOUR_MS)
    await client.close()
    expect(emulator.record.count({ route: 'decisions', status: 200 })).toBe(1)
  })
})

describe('retention', () => {
  test('sent signals are kept for keepSentMs and rejected ones for keepRejectedMs, all else stays', async () => {
    const { time, emulator, storage, connect } = arrangeScheduled()
    const { client } = connect({ batchSize: 1 })
    const poison = signalsOf(machine(1), 3)
    emulator.faults.inject({ route: 'signals', status: 400, machineId: machine(1), ...ALWAYS })
    emulator.faults.inject({ route: 'signals', status: 503, machineId: machine(3), ...ALWAYS })
    await client.addSignals([...poison, ...signalsOf(machine(2), 4), ...signalsOf(machine(3), 5)])
    await client.start({ retention: { keepSentMs: HOUR_MS, keepRejectedMs: 3 * HOUR_MS } })
    const kept = async (status: 'sent' | 'rejected' | 'pending') =>
      (await storage.listSignals({ status })).signals.length
    await time.advance(50 * MINUTE_MS)
    expect([await kept('sent'), await kept('rejected'), await kept('pending')]).toEqual([4, 3, 5])
    await time.advance(30 * MINUTE_MS)
    expect([await kept('sent'), await kept('rejected'), await kept('pending')]).toEqual([0, 3, 5])
    await time.advance(2 * HOUR_MS)
    expect([await kept('sent'), await kept('rejected'), await kept('pending')]).toEqual([0, 0, 5])
    await client.close()
  })

  test('without it, sent signals are deleted at once and rejected ones stay', async () => {
    const { time, emulator, storage, connect } = arrangeScheduled()
    const { client } = connect()
    emulator.faults.inject({ route: 'signals', status: 400, machineId: machine(1), ...ALWAYS })
    await client.addSignals([...signalsOf(machine(1), 2), ...signalsOf(machine(2), 2)])
    await client.start()
    await time.advance(48 * HOUR_MS)
    await client.close()
    const { signals } = await storage.listSignals()
    expect(signals.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })

  test('thousands are deleted in slices', async () => {
    const { time, storage, connect } = arrangeScheduled()
    const counting = new FailingStorage({ shared: storage })
    const { client } = connect({ storage: counting, batchSize: 1_000 })
    await client.addSignals(signalsOf(machine(), 1_700))
    await client.start({ retention: { keepSentMs: MINUTE_MS } })
    await time.advance(25 * MINUTE_MS)
    await client.close()
    expect((await storage.listSignals()).signals).toEqual([])
    expect(counting.largestSlice).toBeLessThanOrEqual(500)
  })
})

/** A store that can be down, and that notes how many signals one call deletes. */
class FailingStorage extends MemoryStorage {
  isDown = false
  largestSlice = 0

  override async getState(key: string) {
    this.#assertUp('getState')
    return super.getState(key)
  }

  override async setState(...change: Parameters<MemoryStorage['setState']>) {
    this.#assertUp('setState')
    return super.setState(...change)
  }

  override async lease(...request: Parameters<MemoryStorage['lease']>) {
    this.#assertUp('lease')
    return super.lease(...request)
  }

  override async deleteSignals(...filter: Parameters<MemoryStorage['deleteSignals']>) {
    this.#assertUp('deleteSignals')
    const deleted = await super.deleteSignals(...filter)
    this.largestSlice = Math.max(this.largestSlice, deleted)
    return deleted
  }

  #assertUp(operation: string): void {
    if (!this.isDown) return
    throw new StorageError('storage_unavailable', 'The store is down', { adapter: 'memory', operation })
  }
}
