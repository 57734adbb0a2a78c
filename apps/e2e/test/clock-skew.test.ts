import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { startPostgres, startRedis, type TestServer } from '@cscapi/test-servers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { MINUTE_MS } from './arrange.js'

const PROGRAM = await bundleProgram(new URL('./programs/skewed-clock.mjs', import.meta.url))

/** A process with its clock ahead or behind. */
class SkewedProcess {
  readonly #child
  readonly #answers

  constructor(url: string, skewMs: number) {
    this.#child = spawn(process.execPath, [PROGRAM, url, String(skewMs)], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  async answer<T>(): Promise<T> {
    const { value } = await this.#answers.next()
    return JSON.parse(value)
  }

  ask<T>(operation: string, ...args: unknown[]): Promise<T> {
    this.#child.stdin.write(`${JSON.stringify([operation, ...args])}\n`)
    return this.answer<T>()
  }

  async end(): Promise<void> {
    const ended = once(this.#child, 'exit')
    this.#child.stdin.end()
    await ended
  }
}

type Lease = { machineId: string; token: string; signals: { uuid: string }[]; attemptsForMs: number } | null

const stores: readonly [name: string, start: () => Promise<TestServer>][] = [
  ['PostgreSQL', () => startPostgres()],
  ['Redis', () => startRedis()],
]

describe.each(stores)('on %s, processes whose clocks are twenty minutes apart', (_, start) => {
  let server: TestServer
  let fast: SkewedProcess
  let slow: SkewedProcess

  beforeAll(async () => {
    server = await start()
    fast = new SkewedProcess(server.url, 10 * MINUTE_MS)
    slow = new SkewedProcess(server.url, -10 * MINUTE_MS)
    const [ahead, behind] = [await fast.answer<{ clock: number }>(), await slow.answer<{ clock: number }>()]
    expect(ahead.clock - behind.clock).toBeGreaterThan(19 * MINUTE_MS)
  })

  afterAll(async () => {
    await Promise.all([fast?.end(), slow?.end()])
    await server?.stop()
  })

  const processes = () => [
    { holder: fast, other: slow, name: 'ahead' },
    { holder: slow, other: fast, name: 'behind' },
  ]

  /** The store alone says when: asked again and again, never slept for. */
  async function leaseWhenDue(process: SkewedProcess): Promise<NonNullable<Lease>> {
    for (;;) {
      const lease = await process.ask<Lease>('lease', { leaseMs: MINUTE_MS, maxSignals: 10 })
      if (lease !== null) return lease
    }
  }

  test('do not take each other’s leases early, whoever holds them', async () => {
    for (const { holder, other, name } of processes()) {
      await holder.ask('enqueue', [{ machineId: `early-${name}`, uuid: name, payload: '{}' }])
      const lease = await holder.ask<Lease>('lease', { leaseMs: MINUTE_MS, maxSignals: 10 })
      expect(lease).toMatchObject({ machineId: `early-${name}`, signals: [{ uuid: name }] })
      expect(await other.ask('lease', { leaseMs: MINUTE_MS, maxSignals: 10 })).toBeNull()
      expect(await other.ask('stats')).toMatchObject({ pending: 0, leased: 1 })
      expect(await holder.ask('settle', lease, { sent: [name] })).toEqual({ lost: false })
    }
  })

  test('take over what ran out, and see a delay end, when the server says so', async () => {
    for (const { holder, other, name } of processes()) {
      await holder.ask('enqueue', [{ machineId: `late-${name}`, uuid: name, payload: '{}' }])
      const lease = await holder.ask<Lease>('lease', { leaseMs: 100, maxSignals: 10 })
      const taken = await leaseWhenDue(other)
      expect(taken.machineId).toBe(`late-${name}`)
      expect(await holder.ask('settle', lease, { sent: [name] })).toEqual({ lost: true })
      await other.ask('settle', taken, { retry: { afterMs: 100 } })
      const again = await leaseWhenDue(holder)
      expect(again.attemptsForMs).toBeLessThan(MINUTE_MS)
      expect(await holder.ask('settle', again, { sent: [name] })).toEqual({ lost: false })
    }
  })

  test('agree on how long a token, a pause and a failing machine last', async () => {
    for (const { holder, other, name } of processes()) {
      const machineId = `machine-${name}`
      await holder.ask('createMachine', { machineId, password: 'p' })
      await holder.ask('updateMachine', machineId, {
        token: { value: 't', scenarios: [], lifetimeMs: 60 * MINUTE_MS },
        failing: { reason: 'unauthorized', count: 1, retryAfterMs: 60 * MINUTE_MS },
      })
      const machine = await other.ask<{
        token: { expiresInMs: number }
        failing: { retryInMs: number; sinceMs: number }
      }>('getMachine', machineId)
      for (const ms of [machine.token.expiresInMs, machine.failing.retryInMs]) {
        expect(ms).toBeGreaterThan(59 * MINUTE_MS)
        expect(ms).toBeLessThanOrEqual(60 * MINUTE_MS)
      }
      expect(machine.failing.sinceMs).toBeGreaterThanOrEqual(0)
      expect(machine.failing.sinceMs).toBeLessThan(MINUTE_MS)
    }
  })
})
