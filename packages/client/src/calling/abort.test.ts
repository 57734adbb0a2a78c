import { MemoryStorage } from '@cscapi/storage'
import { describe, expect, test } from 'vitest'
import { AbortedError, CapiClient, type CapiClientOptions, createSignal, generateMachineIdFromKey } from '../index.js'

const machineId = generateMachineIdFromKey('sensor-1')
const signals = (count: number) =>
  Array.from({ length: count }, (_, host) =>
    createSignal({
      attackerIp: `203.0.113.${host}`,
      scenario: 'crowdsecurity/ssh-bf',
      createdAt: new Date(1_700_000_000_000),
      machineId,
    }),
  )

/** A store that answers nothing from the call of that name on, until it is let go. */
function silentFrom(name: string) {
  const storage = new MemoryStorage()
  let letGo = () => {}
  const gate = new Promise<void>((resolve) => {
    letGo = resolve
  })
  let reached = () => {}
  const waiting = new Promise<void>((resolve) => {
    reached = resolve
  })
  const silent = new Proxy(storage, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target)
      if (typeof value !== 'function') return value
      const bound = value.bind(target)
      if (key !== name) return bound
      return async (...args: unknown[]) => {
        reached()
        await gate
        return bound(...args)
      }
    },
  })
  return { storage: silent, waiting, letGo }
}

const connect = (options: Partial<CapiClientOptions> = {}) =>
  new CapiClient({
    storage: new MemoryStorage(),
    scenarios: ['crowdsecurity/ssh-bf'],
    environment: { baseUrl: 'http://127.0.0.1:1/v3' },
    fetch: async (_, init) =>
      new Promise((_resolve, reject) => init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))),
    ...options,
  })

async function* forever() {
  yield* signals(1)
  await new Promise(() => {})
}

async function first(generator: AsyncGenerator<unknown>): Promise<unknown> {
  return generator.next()
}

/** Every call that can take long, and the report that it makes. */
const CALLS: readonly [
  name: string,
  call: (client: CapiClient, signal: AbortSignal) => Promise<unknown>,
  report?: unknown,
][] = [
  ['addSignals(array)', (client, signal) => client.addSignals(signals(1), { signal })],
  ['addSignals(iterable)', (client, signal) => client.addSignals(new Set(signals(1)), { signal })],
  ['addSignals(async iterable)', (client, signal) => client.addSignals(forever(), { signal })],
  ['preview(array)', (client, signal) => client.preview(signals(1), { signal })],
  ['preview(async iterable)', (client, signal) => client.preview(forever(), { signal })],
  ['sendSignals', (client, signal) => client.sendSignals({ signal }), { sent: 0 }],
  ['getDecisions', (client, signal) => client.getDecisions({ machineId, signal })],
  ['pullDecisions', (client, signal) => client.pullDecisions({ machineId, signal })],
  ['decisions', (client, signal) => client.decisions({ signal })],
  [
    'enrollMachines',
    (client, signal) => client.enrollMachines({ machineIds: [machineId], attachmentKey: 'k1', signal }),
    [],
  ],
  ['rejectedSignals', (client, signal) => first(client.rejectedSignals({ signal }))],
  ['exportRejected', (client, signal) => first(client.exportRejected({ signal }))],
  ['requeueRejected', (client, signal) => client.requeueRejected({ signal }), { count: 0 }],
  ['purgeRejected', (client, signal) => client.purgeRejected({ olderThanMs: 0, signal }), { count: 0 }],
  ['machines', (client, signal) => first(client.machines({ signal }))],
  ['reviveMachines', (client, signal) => client.reviveMachines([machineId], { signal }), { count: 0 }],
  ['deleteMachines', (client, signal) => client.deleteMachines([machineId], { signal }), { count: 0 }],
  ['resealMachines', (client, signal) => client.resealMachines({ signal }), { count: 0 }],
  ['pruneFailingMachinesSignals', (client, signal) => client.pruneFailingMachinesSignals({ signal }), { count: 0 }],
  ['stats', (client, signal) => client.stats({ signal })],
  ['prometheus', (client, signal) => client.prometheus({ signal })],
  ['verify', (client, signal) => client.verify({ machineId, signal })],
  ['start', (client, signal) => client.start({ signal })],
  ['stop', (client, signal) => client.stop({ signal })],
]

const REASONS: readonly unknown[] = [undefined, 'a word', new Error('of the caller'), 7]

function expectAborted(error: unknown, report?: unknown): void {
  expect(error).toBeInstanceOf(AbortedError)
  expect(error).toMatchObject({ code: 'aborted', ...(report !== undefined && { report }) })
}

describe.each(CALLS)('%s', (_, call, report) => {
  test('rejects with an AbortedError when the signal fired before, whatever its reason', async () => {
    for (const reason of REASONS) {
      const client = connect()
      expectAborted(await call(client, AbortSignal.abort(reason)).catch((error: unknown) => error), report)
      await client.close()
    }
  })
})

/** These do not wait for the store to open. */
const opensNothing = (name: string) => name.startsWith('preview') || name === 'stop'

describe.each(CALLS.filter(([name]) => !opensNothing(name)))('%s', (_, call, report) => {
  test('rejects with an AbortedError when the signal fires while the store opens', async () => {
    for (const reason of REASONS) {
      const { storage, waiting, letGo } = silentFrom('open')
      const client = connect({ storage })
      const controller = new AbortController()
      const failure = call(client, controller.signal).catch((error: unknown) => error)
      await waiting
      controller.abort(reason)
      expectAborted(await failure, report)
      letGo()
      await client.close()
    }
  })
})

describe('an abort meanwhile', () => {
  const abortedAt = async (
    storageCall: string,
    call: (client: CapiClient, signal: AbortSignal) => Promise<unknown>,
    options = {},
  ) => {
    const { storage, waiting, letGo } = silentFrom(storageCall)
    const client = connect({ storage, ...options })
    const controller = new AbortController()
    const failure = call(client, controller.signal).catch((error: unknown) => error)
    await waiting
    controller.abort(new Error('of the caller'))
    const error = await failure
    letGo()
    return { error, client }
  }

  test.each<[storageCall: string, name: string]>([
    ['stats', 'stats'],
    ['stats', 'prometheus'],
    ['listMachines', 'machines'],
    ['listSignals', 'rejectedSignals'],
    ['listSignals', 'exportRejected'],
    ['enqueue', 'addSignals(array)'],
    ['enqueue', 'addSignals(iterable)'],
  ])('of the store’s %s ends %s', async (storageCall, name) => {
    const call = CALLS.find(([known]) => known === name)?.[1]
    if (call === undefined) throw new Error(`no call ${name}`)
    const { error, client } = await abortedAt(storageCall, call)
    expectAborted(error)
    await client.close()
  })

  test('of storing leaves the signals stored or not, and adding them again is safe', async () => {
    const batch = signals(3)
    const { error, client } = await abortedAt('enqueue', (one, signal) => one.addSignals(batch, { signal }))
    expectAborted(error)
    const { added, duplicates } = await client.addSignals(batch)
    expect(added + duplicates).toBe(3)
    expect((await client.stats()).pending).toBe(3)
    await client.close()
  })

  test('of waiting for room in the store ends addSignals', async () => {
    const { error, client } = await abortedAt('stats', (one, signal) => one.addSignals(signals(1), { signal }), {
      maxPending: 1,
    })
    expectAborted(error)
    await client.close()
  })

  test('of an async source says how far it came', async () => {
    const client = connect()
    const controller = new AbortController()
    async function* source() {
      yield* signals(3)
      controller.abort('enough')
      await new Promise(() => {})
    }
    const error = await client.addSignals(source(), { signal: controller.signal }).catch((thrown: unknown) => thrown)
    expectAborted(error, { added: 0, index: 0 })
    expect((await client.stats()).pending).toBe(0)
    await client.close()
  })

  test('of a login that another process holds is no error of the clock', async () => {
    const storage = new MemoryStorage()
    const holder = new MemoryStorage({ shared: storage })
    await holder.open()
    await holder.setState(`login:${machineId}`, new Uint8Array([1]), { expiresInMs: 3_600_000 })
    for (const name of ['getDecisions', 'pullDecisions', 'enrollMachines', 'verify']) {
      const client = connect({ storage: new MemoryStorage({ shared: storage }) })
      const controller = new AbortController()
      const [, call, report] = CALLS.find(([known]) => known === name) ?? []
      const failure = call?.(client, controller.signal).catch((error: unknown) => error)
      setImmediate(() => controller.abort(new Error('of the caller')))
      expectAborted(await failure, report)
      await client.close()
    }
  })

  test('of a request, or of the wait before its repeat, ends the call with the report', async () => {
    const controller = new AbortController()
    const client = connect({
      fetch: async () => {
        setImmediate(() => controller.abort('enough'))
        throw new TypeError('fetch failed')
      },
    })
    const enrolment = { machineIds: [machineId], attachmentKey: 'k1', signal: controller.signal }
    expectAborted(await client.enrollMachines(enrolment).catch((error: unknown) => error), [])
    await client.close()
  })

  test('of a run that waits for the one before it leaves that one alone', async () => {
    const { storage, waiting, letGo } = silentFrom('lease')
    const client = connect({ storage })
    const before = client.sendSignals()
    await waiting
    const controller = new AbortController()
    const after = client.sendSignals({ signal: controller.signal }).catch((error: unknown) => error)
    setImmediate(() => controller.abort())
    expectAborted(await after, { sent: 0 })
    letGo()
    await expect(before).resolves.toMatchObject({ sent: 0 })
    await client.close()
  })

  test('of stop() ends the wait, not the stopping', async () => {
    const { storage, waiting, letGo } = silentFrom('lease')
    const client = connect({ storage })
    const run = client.sendSignals().catch((error: unknown) => error)
    await waiting
    const controller = new AbortController()
    const stopping = client.stop({ signal: controller.signal }).catch((error: unknown) => error)
    setImmediate(() => controller.abort())
    expectAborted(await stopping)
    letGo()
    expectAborted(await run, { sent: 0 })
    await expect(client.stop()).resolves.toMatchObject({ running: false })
    await client.close()
  })
})

test('a signal that is none is refused before anything happens', async () => {
  const client = connect({ storage: silentFrom('open').storage })
  for (const [, call] of CALLS) {
    for (const signal of [null, {}, 'abort', new AbortController(), 7])
      await expect(call(client, signal as AbortSignal)).rejects.toMatchObject({
        code: 'invalid_input',
        issues: [{ path: 'signal', rule: 'must be an AbortSignal' }],
      })
  }
})

test('the wait before a repeat is broken off with an error that names the machine', async () => {
  const controller = new AbortController()
  const clock = {
    now: () => 1_700_000_000_000,
    sleep: async () => {
      controller.abort('enough')
      throw new Error('the clock’s own')
    },
  }
  const client = connect({ clock, fetch: async () => new Response('', { status: 503 }) })
  const failure = client.getDecisions({ machineId, signal: controller.signal })
  await expect(failure).rejects.toMatchObject({ code: 'aborted', machineId })
})

test('no duration is negative where the clock is set back meanwhile', async () => {
  let now = 1_700_000_000_000
  const clock = {
    now: () => {
      now -= 3_600_000
      return now
    },
    sleep: async () => {},
  }
  const client = connect({ clock })
  expect(await client.sendSignals()).toMatchObject({ durationMs: 0 })
  expect(await client.stop()).toMatchObject({ durationMs: 0 })
})
