import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ExportOptions, exportDecisions } from '../src/export/index.js'
import { DecisionSet } from '../src/index.js'
import { sortedOrder } from '../src/pacing/sorted-order.js'
import { NetworkTable } from '../src/tables/network-table.js'

/** Looks into tables that are made in one go at most, each well below a microsecond. */
const MOST_WORK = 40_000
const ENTRIES = 60_000

const METHODS = ['find', 'read', 'wordAt', 'set', 'setTag', 'expiresAt'] as const

/**
 * Counts what is done between two turns of the event loop, while `work` is done; without spies,
 * which would keep each of millions of calls.
 */
async function watch(work: (count: () => void) => Promise<unknown>): Promise<{ turns: number; longest: number }> {
  const seen = { turns: 0, longest: 0 }
  let done = 0
  const count = () => {
    done += 1
    seen.longest = Math.max(seen.longest, done)
  }
  const originals = METHODS.map((method) => [method, NetworkTable.prototype[method]] as const)
  for (const [method, original] of originals) {
    Object.assign(NetworkTable.prototype, {
      [method](this: NetworkTable, ...args: never[]) {
        count()
        return Reflect.apply(original, this, args)
      },
    })
  }
  const later = globalThis.setImmediate
  globalThis.setImmediate = ((next: () => void) => {
    seen.turns += 1
    done = 0
    return later(next)
  }) as typeof setImmediate
  try {
    await work(count)
  } finally {
    globalThis.setImmediate = later
    for (const [method, original] of originals) Object.assign(NetworkTable.prototype, { [method]: original })
  }
  return seen
}

const address = (index: number) => `8.${index >> 16}.${(index >> 8) & 255}.${index & 255}`
const lines = Array.from({ length: ENTRIES }, (_, index) =>
  index % 10 === 0 ? `${address(index)}/31` : address(index),
)
const large = { name: 'large', scope: 'ip', remediation: 'ban', duration: '24h' }
const expiresAt = Date.now() + 3_600_000
const stream = lines.map((value, index) => ({ value, scope: 'Ip', scenario: `acme/${index}`, expiresAt }))

describe(`no turn of the event loop is long with ${ENTRIES.toLocaleString('en-US')} entries`, () => {
  let set: DecisionSet
  let bytes: Uint8Array
  beforeAll(async () => {
    const first = new DecisionSet()
    await first.replaceBlocklist(large, lines)
    await first.applyStream({ new: stream, deleted: [] })
    await first.replaceBlocklist({ ...large, name: 'users', scope: 'username' }, lines)
    bytes = first.toBytes()
  })
  beforeEach(async () => {
    set = await DecisionSet.fromBytes(bytes)
  })

  const exported = async (options: ExportOptions) => {
    for await (const _ of exportDecisions(set, options));
  }
  const allowed = lines.map((value) => JSON.stringify({ value }))
  const works: readonly [string, () => Promise<unknown>][] = [
    ['reading a list', () => set.replaceBlocklist(large, lines)],
    ['reading a list of which everything is there twice', () => set.replaceBlocklist(large, [...lines, ...lines])],
    ['reading an allowlist', () => set.replaceAllowlist({ id: 'a', name: 'a' }, allowed)],
    ['applying the same answer again', () => set.applyStream({ new: stream, deleted: [] })],
    ['taking everything back', () => set.applyStream({ new: [], deleted: stream })],
    ['taking a snapshot', () => DecisionSet.fromBytes(bytes)],
    ['an export', () => exported({ format: 'text' })],
    ['an export of nothing', () => exported({ format: 'text', remediations: ['throttle'] })],
    ['an export of the most important', () => exported({ format: 'haproxy-map', maxEntries: 20_000 })],
    ['an export of entries', () => exported({ format: 'jsonl' })],
    [
      'telling of a change',
      async () => {
        set.on('change', () => undefined)
        await set.retainLists({ blocklists: [], allowlists: [] })
      },
    ],
  ]
  test.each(works)('%s', async (_, work) => {
    const { turns, longest } = await watch(work)
    expect(longest).toBeLessThan(MOST_WORK)
    expect(turns).toBeGreaterThanOrEqual(Math.floor(ENTRIES / 1_024))
  })

  test('a snapshot is written in pieces, each with a turn', async () => {
    const { turns } = await watch(async () => {
      for await (const _ of set.toChunks());
    })
    expect(turns).toBeGreaterThanOrEqual(Math.floor(bytes.length / 1_048_576))
  })

  test('a range is looked up in an allowlist without a look at all of it', async () => {
    await set.replaceAllowlist({ id: 'a', name: 'a' }, allowed)
    await set.replaceBlocklist({ ...large, name: 'wide' }, ['8.0.0.0/8', '9.0.0.0/8'])
    const { longest } = await watch(async () => {
      expect([set.check('8.255.255.255'), set.check('9.255.255.255')?.value]).toEqual([undefined, '9.0.0.0/8'])
    })
    expect(longest).toBeLessThan(500)
  })
})

describe('lines are read in turns', () => {
  test.each([
    ['an array', 15, 1_024],
    ['an async iterable', 15, 1_024],
    ['an array of long lines', 16_384, 2],
    ['an async iterable of long lines', 16_384, 2],
  ])('of %s', async (kind, length, most) => {
    const line = '#'.padEnd(length)
    const { turns, longest } = await watch(async (count) => {
      function* counted() {
        for (let index = 0; index < 5_000; index += 1) {
          count()
          yield line
        }
      }
      async function* received() {
        yield* counted()
      }
      await new DecisionSet().replaceBlocklist(large, kind.includes('async') ? received() : counted())
    })
    expect(longest).toBeLessThanOrEqual(most + 1)
    expect(turns).toBeGreaterThanOrEqual(Math.floor(5_000 / most))
  })
})

test('sorting compares some ten thousand times at most between two pauses', () => {
  let compared = 0
  let longest = 0
  let pauses = 0
  const key = (index: number) => Math.imul(index, 0x9e3779b1) >>> 0
  const sorting = sortedOrder(100_000, (a, b) => {
    compared += 1
    return key(a) - key(b)
  })
  let step = sorting.next()
  for (; step.done !== true; step = sorting.next()) {
    longest = Math.max(longest, compared)
    compared = 0
    pauses += 1
  }
  const keys = Array.from(step.value, key)
  expect(keys).toEqual([...keys].sort((a, b) => a - b))
  expect(new Set(step.value).size).toBe(100_000)
  expect(longest).toBeLessThan(12_000)
  expect(pauses).toBeGreaterThan(500)
})
