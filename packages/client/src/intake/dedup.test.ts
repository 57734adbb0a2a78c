import { generateMachineIdFromKey, type StateValue, StorageError } from '@cscapi/core'
import { createSignal, type Signal } from '@cscapi/signals'
import { MemoryStorage } from '@cscapi/storage'
import { describe, expect, test } from 'vitest'
import { CapiClient, type CapiClientOptions, type DedupOptions, InputError } from '../index.js'

const HOUR_MS = 3_600_000
const machine = (number: number) => generateMachineIdFromKey(`sensor-${number}`)

const attack = (host = 7, { scenario = 'crowdsecurity/ssh-bf', by = 1 } = {}): Signal =>
  createSignal({
    attackerIp: `203.0.113.${host}`,
    scenario,
    createdAt: new Date(1_700_000_000_000),
    machineId: machine(by),
  })

/** A store that counts the calls which dedup makes, and can fail them. */
class WatchedStorage extends MemoryStorage {
  stateCalls = 0
  failState = false
  failEnqueue = false

  override async getState(key: string): Promise<StateValue | undefined> {
    if (key.startsWith('dedup')) this.#count()
    return super.getState(key)
  }

  override async setState(...args: Parameters<MemoryStorage['setState']>): Promise<number | undefined> {
    if (args[0].startsWith('dedup')) this.#count()
    return super.setState(...args)
  }

  override async enqueue(...args: Parameters<MemoryStorage['enqueue']>) {
    if (this.failEnqueue) throw failure('enqueue')
    return super.enqueue(...args)
  }

  #count() {
    if (this.failState) throw failure('setState')
    this.stateCalls += 1
  }
}

const failure = (operation: string) =>
  new StorageError('storage_unavailable', 'The store is away', { adapter: 'memory', operation })

function arrange(dedup: DedupOptions = { by: ['source', 'scenario'], windowMs: HOUR_MS }) {
  let now = 1_700_000_000_000
  const storage = new MemoryStorage({ now: () => now })
  const clock = { now: () => now, sleep: async () => undefined }
  /** Another process; `skewMs` is how wrong its clock is. */
  const connect = ({ skewMs = 0, ...options }: Partial<CapiClientOptions> & { skewMs?: number } = {}) => {
    const own = new WatchedStorage({ shared: storage })
    const client = new CapiClient({
      storage: own,
      scenarios: ['crowdsecurity/ssh-bf'],
      environment: 'development',
      clock: { ...clock, now: () => now + skewMs },
      dedup,
      ...options,
    })
    return Object.assign(client, { own })
  }
  const advance = (ms: number) => {
    now += ms
  }
  return { connect, advance, storage }
}

describe('the dedup window', () => {
  test('a source that goes on is reported once per window', async () => {
    const { connect, advance } = arrange()
    const client = connect()
    expect(await client.addSignals([attack(1), attack(2)])).toMatchObject({ added: 2, repeated: 0 })
    advance(HOUR_MS - 1)
    expect(await client.addSignals([attack(1), attack(2), attack(3)])).toMatchObject({ added: 1, repeated: 2 })
    advance(1)
    expect(await client.addSignals([attack(1), attack(3)])).toMatchObject({ added: 1, repeated: 1 })
  })

  test('acts within one call as well, and over the slices of a stream', async () => {
    const { connect } = arrange()
    function* lines() {
      for (let line = 0; line < 3_000; line += 1) yield attack(line % 5)
    }
    expect(await connect().addSignals(lines())).toMatchObject({ added: 5, repeated: 2_995, duplicates: 0 })
  })

  test('compares what `by` names, and nothing else', async () => {
    const others = [attack(7, { scenario: 'acme/http-bf' }), attack(7, { by: 2 }), attack(8)]
    for (const [by, repeated] of [
      [['source'], 2],
      [['source', 'scenario'], 1],
      [['scenario'], 2],
      [['machine'], 2],
      [['source', 'scenario', 'machine'], 0],
    ] as const) {
      const { connect } = arrange({ by, windowMs: HOUR_MS })
      expect([by, (await connect().addSignals([attack(7), ...others])).repeated]).toEqual([by, repeated])
    }
  })

  test('one source in two spellings is one', async () => {
    const { connect } = arrange()
    const spelled = (scope: string, value: string): Signal => ({ ...attack(), source: { scope, value } })
    const signals = [spelled('Ip', '2001:db8::1'), spelled('ip', '2001:0DB8:0:0:0:0:0:1'), spelled('ip', '2001:db8::2')]
    expect(await connect().addSignals(signals)).toMatchObject({ added: 2, repeated: 1 })
  })

  test('tells which signals were repeats', async () => {
    const { connect } = arrange()
    const client = connect()
    const told: unknown[] = []
    const events: unknown[] = []
    client.on('dropped', (event) => events.push(event))
    await client.addSignals([attack(1), attack(2), attack(1)], {
      onFiltered: ({ index, reason }) => told.push([index, reason]),
    })
    expect(told).toEqual([[2, 'repeated']])
    expect(events).toEqual([{ count: 1, reason: 'repeated' }])
  })

  test('a call can do without it, and is still remembered', async () => {
    const { connect } = arrange()
    const client = connect()
    await client.addSignals([attack(1)])
    expect(await client.addSignals([attack(1), attack(2)], { dedup: false })).toMatchObject({ added: 2, repeated: 0 })
    expect(await client.addSignals([attack(2)])).toMatchObject({ repeated: 1 })
  })

  test('calls at the same time add one', async () => {
    const { connect } = arrange()
    const client = connect()
    const results = await Promise.all(Array.from({ length: 20 }, () => client.addSignals([attack(1)])))
    expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(1)
  })
})

describe('more than one process', () => {
  test('what one adds, the others know', async () => {
    const { connect } = arrange()
    const one = connect()
    const other = connect()
    expect(await one.addSignals([attack(1)])).toMatchObject({ added: 1 })
    expect(await other.addSignals([attack(1), attack(2)])).toMatchObject({ added: 1, repeated: 1 })
    expect(await one.addSignals([attack(2)])).toMatchObject({ added: 0, repeated: 1 })
  })

  test('clocks that are hours apart do not matter', async () => {
    const { connect, advance } = arrange()
    const one = connect({ skewMs: 5 * HOUR_MS })
    const other = connect({ skewMs: -5 * HOUR_MS })
    await one.addSignals([attack(1)])
    advance(HOUR_MS - 1)
    expect(await other.addSignals([attack(1)])).toMatchObject({ repeated: 1 })
    advance(1)
    expect(await other.addSignals([attack(1)])).toMatchObject({ added: 1 })
  })

  test('a restart forgets nothing, neither after close nor after a crash', async () => {
    const { connect, advance } = arrange()
    const first = connect()
    await first.addSignals([attack(1)])
    await first.close()
    const second = connect()
    expect(await second.addSignals([attack(1), attack(2)])).toMatchObject({ added: 1, repeated: 1 })
    advance(1_000)
    expect(await connect().addSignals([attack(1), attack(2)])).toMatchObject({ repeated: 2 })
  })

  test('windows of other lengths and fields are kept apart', async () => {
    const { connect } = arrange()
    await connect().addSignals([attack(1)])
    const other = connect({ dedup: { by: ['source', 'scenario'], windowMs: 60_000 } })
    expect(await other.addSignals([attack(1)])).toMatchObject({ added: 1 })
  })
})

describe('what it costs', () => {
  test('sharing takes at most a twentieth of the time: a fast intake makes few extra calls, and close tells the rest', async () => {
    const { connect } = arrange()
    let now = 0
    // Every look at the clock takes a millisecond: so does the sharing that looks twice.
    const client = connect({ clock: { now: () => (now += 1), sleep: async () => undefined } })
    for (let host = 0; host < 200; host += 1) await client.addSignals([attack(host)])
    expect(client.own.stateCalls).toBeLessThan(120)
    await client.close()
    expect(await connect().addSignals(Array.from({ length: 200 }, (_, host) => attack(host)))).toMatchObject({
      repeated: 200,
    })
  })

  test('a client without it never reads or writes it', async () => {
    const { connect } = arrange()
    const options = { storage: new WatchedStorage() }
    const client = new CapiClient({ ...options, scenarios: ['a/b'], environment: 'development' })
    await client.addSignals([attack(1), attack(1)])
    expect(options.storage.stateCalls).toBe(0)
    expect(await connect().addSignals([attack(1)])).toMatchObject({ added: 1 })
  })
})

describe('when the store fails', () => {
  test('a signal that was not stored is no reason to hold the next one back', async () => {
    const { connect } = arrange()
    const client = connect()
    client.own.failEnqueue = true
    await expect(client.addSignals([attack(1)])).rejects.toBeInstanceOf(StorageError)
    client.own.failEnqueue = false
    expect(await client.addSignals([attack(1)])).toMatchObject({ added: 1, repeated: 0 })
  })

  test('signals that were stored count as added although nobody could be told, and the next call tells', async () => {
    const { connect } = arrange()
    const client = connect()
    const warnings: string[] = []
    client.on('warning', ({ code }) => warnings.push(code))
    await client.addSignals([attack(1)])
    const enqueue = client.own.enqueue.bind(client.own)
    client.own.enqueue = async (signals) => {
      client.own.failState = true
      return enqueue(signals)
    }
    expect(await client.addSignals([attack(2)])).toMatchObject({ added: 1 })
    expect(warnings).toEqual(['dedup_not_shared'])
    client.own.failState = false
    client.own.enqueue = enqueue
    await client.addSignals([attack(3)])
    expect(await connect().addSignals([attack(2), attack(3)])).toMatchObject({ repeated: 2 })
  })
})

test('a window that cannot work is refused when the client is made', () => {
  for (const dedup of [
    { by: [], windowMs: 1 },
    { by: ['source'], windowMs: 0 },
    { by: ['ip'], windowMs: 1 },
  ] as unknown as DedupOptions[]) {
    expect(() => arrange(dedup).connect()).toThrow(InputError)
  }
})
