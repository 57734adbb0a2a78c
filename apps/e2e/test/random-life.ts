import { CapiClient, CscapiError } from '@cscapi/client'
import { createEmulator, type Emulator } from '@cscapi/emulator'
import type { Storage } from '@cscapi/storage'
import fc from 'fast-check'
import { expect } from 'vitest'
import { HOUR_MS, MINUTE_MS, machine, SCENARIO, signalsOf } from './arrange.js'
import { mortal } from './mortal-storage.js'

const MACHINES = 3
const POISON = 'poison'

const faultKinds = [
  'reset',
  'reset-after',
  'cut',
  'truncated',
  'html',
  'unauthorized',
  'expired-token',
  'ban',
  'bad-credentials',
  'too-large',
  'rate-limit',
  'server-error',
  'unavailable',
] as const
const routes = ['register', 'login', 'signals', 'metrics'] as const

const size = { min: 1, max: 12 }
const machineNumber = fc.integer({ min: 0, max: MACHINES - 1 })

/** What may happen in the life of a fleet of one process that dies and comes back. */
export const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ act: fc.constant('add'), of: machineNumber, count: fc.integer(size) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('addPoison'), of: machineNumber }) },
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('send'),
      batchSize: fc.integer(size),
      concurrency: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constant('crash'),
      during: fc.constantFrom('add', 'send'),
      afterCalls: fc.integer({ min: 0, max: 25 }),
      isDone: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('restart') }) },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constant('fault'),
      kind: fc.constantFrom(...faultKinds),
      route: fc.constantFrom(...routes),
      times: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('wait'), minutes: fc.integer({ min: 1, max: 1_500 }) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('hostClock'), minutes: fc.integer({ min: -600, max: 600 }) }) },
)
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const CRASH_BATCH = 12
const CRASH_CONCURRENCY = 3

/** One life: the store, the emulator behind it, and what a user was told. */
export class Life {
  readonly #open: (now: () => number) => Promise<Storage>
  /** Of the store and of CAPI; the host's is off by `#hostOffMs`. */
  #now = Date.parse('2026-03-01T00:00:00Z')
  #hostOffMs = 0
  readonly emulator: Emulator
  readonly #faults: { readonly hits: number; remove(): void }[] = []
  readonly #lossy: { readonly hits: number }[] = []
  readonly acknowledged = new Set<string>()
  readonly poison = new Set<string>()
  readonly offered = new Set<string>()
  /** How many signals may arrive twice for the crashes so far. */
  #repeatable = 0
  #client: CapiClient | undefined
  #created = 0

  constructor(open: (now: () => number) => Promise<Storage>) {
    this.#open = open
    this.emulator = createEmulator({ strict: true, now: () => this.#now, seed: 1 })
    this.emulator.faults.inject({
      route: 'signals',
      times: Number.POSITIVE_INFINITY,
      status: 400,
      body: { message: 'Malformed signal' },
      when: ({ body }) => JSON.stringify(body).includes(POISON),
    })
  }

  async run(steps: readonly Step[]): Promise<void> {
    for (const each of steps) await this.#take(each)
    for (const fault of this.#faults) fault.remove()
    await this.#drain()
    await this.#judge()
    await this.#client?.close()
  }

  async #take(each: Step): Promise<void> {
    switch (each.act) {
      case 'add':
        return this.#add(await this.#running(), each.of, each.count)
      case 'addPoison':
        return this.#add(await this.#running(), each.of, 1, POISON)
      case 'send': {
        const { batchSize, concurrency } = each
        await (await this.#running()).sendSignals({ batchSize, concurrency })
        return
      }
      case 'crash':
        return this.#crash(each)
      case 'restart':
        return this.#end()
      case 'fault': {
        const { kind, route, times } = each
        const fault = this.emulator.faults.inject({ kind, route, times })
        this.#faults.push(fault)
        if (kind === 'reset-after' || kind === 'cut') this.#lossy.push(fault)
        return
      }
      case 'wait':
        this.#now += each.minutes * MINUTE_MS
        return
      case 'hostClock':
        this.#hostOffMs = each.minutes * MINUTE_MS
    }
  }

  async #running(): Promise<CapiClient> {
    this.#client ??= this.#clientOn(await this.#open(() => this.#now))
    return this.#client
  }

  #clientOn(storage: Storage): CapiClient {
    return new CapiClient({
      storage,
      scenarios: [SCENARIO],
      environment: { baseUrl: 'http://127.0.0.1:8088/v3' },
      fetch: this.emulator.fetch,
      random: () => 0.5,
      clock: {
        now: () => this.#now + this.#hostOffMs,
        sleep: async (ms) => {
          this.#now += ms
        },
      },
    })
  }

  async #end(): Promise<void> {
    await this.#client?.close()
    this.#client = undefined
  }

  async #add(client: CapiClient, of: number, count: number, message = 'an attack'): Promise<void> {
    const signals = signalsOf(machine(of), count).map((signal) => ({ ...signal, message, uuid: this.#uuid() }))
    for (const { uuid } of signals) this.offered.add(uuid)
    await client.addSignals(signals)
    for (const { uuid } of signals) {
      this.acknowledged.add(uuid)
      if (message === POISON) this.poison.add(uuid)
    }
  }

  #uuid(): string {
    this.#created += 1
    return `00000000-0000-7000-8000-${String(this.#created).padStart(12, '0')}`
  }

  /** The process dies at its n-th call of the store, before or after that call was done. */
  async #crash({ during, afterCalls, isDone }: Extract<Step, { act: 'crash' }>): Promise<void> {
    await this.#end()
    const storage = await this.#open(() => this.#now)
    const client = this.#clientOn(mortal(storage, afterCalls, isDone))
    const work =
      during === 'add'
        ? this.#add(client, 0, CRASH_BATCH)
        : client.sendSignals({ batchSize: CRASH_BATCH, concurrency: CRASH_CONCURRENCY })
    await work.catch((error: unknown) => {
      if (!(error instanceof CscapiError)) throw error
    })
    this.#repeatable += during === 'send' ? CRASH_BATCH * CRASH_CONCURRENCY : 0
    await storage.close()
  }

  async #drain(): Promise<void> {
    for (let run = 0; run < 60; run += 1) {
      const client = await this.#running()
      await client.sendSignals()
      const { pending, leased } = await client.stats()
      if (pending + leased === 0) return
      this.#now += 25 * HOUR_MS
    }
    throw new Error('signals were still pending after 60 days without trouble')
  }

  async #judge(): Promise<void> {
    const { signals } = this.emulator
    const storage = await this.#open(() => this.#now)
    const rejected = new Map<string, number | undefined>()
    const page = await storage.listSignals({ status: 'rejected' }, { limit: 1_000 })
    for (const { uuid, httpStatus } of page.signals) rejected.set(uuid, httpStatus)
    await storage.close()

    expect([...this.acknowledged].filter((uuid) => !signals.has(uuid) && !rejected.has(uuid))).toEqual([])
    expect([...signals.uuids()].filter((uuid) => !this.offered.has(uuid))).toEqual([])
    expect([...this.poison].filter((uuid) => rejected.get(uuid) === undefined || signals.has(uuid))).toEqual([])
    // Of the others, only what met a server that went on refusing: too large alone, banned twice,
    // or 500 for days.
    const innocent = [...rejected].filter(([uuid]) => !this.poison.has(uuid))
    expect(innocent.filter(([, status]) => ![403, 413, 500].includes(status ?? 0))).toEqual([])
    const lost = this.#lossy.reduce((sum, { hits }) => sum + hits, 0)
    expect(signals.total - signals.size).toBeLessThanOrEqual(this.#repeatable + lost * 50)
  }
}
