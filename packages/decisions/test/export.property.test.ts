import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ExportOptions, ExportReport } from '../src/export/index.js'
import { DecisionSet } from '../src/index.js'
import { exported, NOW, now } from './exported-lists.js'
import { bitsOf, bounds, type Network, textOf } from './naive-set.js'

/**
 * 64 addresses of each family: small enough to ask about every one, large enough to nest and to
 * meet.
 */
const UNIVERSE = 64n
const BASE = { 4: 203n << 24n, 6: 0x2001_0db8n << 96n } as const
const FAMILIES = [4, 6] as const

const network: fc.Arbitrary<Network> = fc
  .tuple(fc.constantFrom(...FAMILIES), fc.nat(Number(UNIVERSE) - 1), fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 5, 6))
  .map(([family, low, wider]) => ({ family, address: BASE[family] + BigInt(low), prefix: bitsOf(family) - wider }))

const REMEDIATIONS = ['ban', 'captcha', 'throttle'] as const
const histories = fc.record({
  lists: fc.array(
    fc.record({
      remediation: fc.constantFrom(...REMEDIATIONS),
      hours: fc.integer({ min: 1, max: 3 }),
      networks: fc.array(network, { maxLength: 24 }),
    }),
    { maxLength: 4 },
  ),
  allowed: fc.array(network, { maxLength: 2 }),
})
type History = typeof histories extends fc.Arbitrary<infer T> ? T : never

async function setOf({ lists, allowed }: History) {
  const set = new DecisionSet({ now })
  for (const [index, { remediation, hours, networks }] of lists.entries())
    await set.replaceBlocklist(
      { name: `list-${index}`, scope: 'ip', remediation, duration: `${hours}h` },
      networks.map(textOf),
    )
  await set.replaceAllowlist(
    { id: 'a', name: 'a' },
    allowed.map((one) => JSON.stringify({ value: textOf(one) })),
  )
  return set
}

/** Written networks with their remediation, from a map. */
async function mapOf(set: DecisionSet, options: Partial<ExportOptions> = {}) {
  const lines = (await exported(set, { format: 'haproxy-map', ...options })).split('\n')
  return lines.flatMap((line) => {
    const [, value, prefix, remediation] = /^([0-9a-f.:]+)(?:\/(\d+))? (\w+)$/.exec(line) ?? []
    if (value === undefined || remediation === undefined) return []
    const family = value.includes(':') ? (6 as const) : (4 as const)
    const written = { family, address: addressOf(value), prefix: Number(prefix ?? bitsOf(family)) }
    return [{ network: written, remediation }]
  })
}

/** By the platform's parser, not by ours. */
function addressOf(ip: string): bigint {
  if (!ip.includes(':')) return ip.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n)
  const [before = '', after = ''] = new URL(`http://[${ip}]/`).hostname.slice(1, -1).split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':').map((group) => BigInt(`0x${group}`)))
  const [head, tail] = [groups(before), groups(after)]
  const all = ip.includes('::') ? [...head, ...Array(8 - head.length - tail.length).fill(0n), ...tail] : head
  return all.reduce((sum, group) => sum * 65_536n + group, 0n)
}

const holds = (one: Network, family: 4 | 6, address: bigint) => {
  const [first, last] = bounds(one)
  return one.family === family && first <= address && address <= last
}

/** Also what lies just outside, which a network that is too wide would reach. */
const everyAddress = FAMILIES.flatMap((family) =>
  Array.from({ length: Number(UNIVERSE) + 2 }, (_, index) => ({
    family,
    address: BASE[family] + BigInt(index) - (index === 0 ? 0n : 1n),
  })),
)

test('an aggregated map answers for every address as check does, with the fewest disjoint networks (2,000 sets)', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const set = await setOf(history)
      const written = await mapOf(set)
      for (const { family, address } of everyAddress) {
        const found = written.filter((one) => holds(one.network, family, address))
        const expected = set.check(textOf({ family, address, prefix: bitsOf(family) }))?.remediation
        expect(found.map(({ remediation }) => remediation)).toEqual(expected === undefined ? [] : [expected])
      }
      // The fewest: no two of them are the halves of a network that could stand for both.
      const halves = new Map(
        written.map(({ network: { family, address, prefix }, remediation }) => {
          const size = 1n << BigInt(bitsOf(family) - prefix)
          return [`${family} ${prefix} ${address}`, { sibling: `${family} ${prefix} ${address ^ size}`, remediation }]
        }),
      )
      for (const { sibling, remediation } of halves.values())
        expect(halves.get(sibling)?.remediation).not.toBe(remediation)
    }),
    { numRuns: 2_000 },
  )
})

test('a list of bans holds exactly the addresses that check bans (1,000 sets)', async () => {
  await fc.assert(
    fc.asyncProperty(histories, fc.constantFrom('text', 'nginx-deny', 'apache'), async (history, format) => {
      const set = await setOf(history)
      const lines = (await exported(set, { format })).split('\n').filter((line) => !line.startsWith('#'))
      const values = lines.flatMap((line) =>
        line.split(' ').flatMap((word) => word.match(/^[0-9a-f.:]*[.:][0-9a-f.:/]*/) ?? []),
      )
      const written = values.map((value): Network => {
        const [ip = '', prefix] = value.split('/')
        const family = ip.includes(':') ? 6 : 4
        return { family, address: addressOf(ip), prefix: Number(prefix ?? bitsOf(family)) }
      })
      for (const { family, address } of everyAddress) {
        const isBanned = set.check(textOf({ family, address, prefix: bitsOf(family) }))?.remediation === 'ban'
        expect(written.some((one) => holds(one, family, address))).toBe(isBanned)
      }
    }),
    { numRuns: 1_000 },
  )
})

test('without aggregation, the longest prefix of a map answers for every address as check does (500 sets)', async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => {
      const set = await setOf(history)
      const written = await mapOf(set, { aggregate: false })
      for (const { family, address } of everyAddress) {
        const [best] = written
          .filter((one) => holds(one.network, family, address))
          .sort((a, b) => b.network.prefix - a.network.prefix)
        expect(best?.remediation).toBe(set.check(textOf({ family, address, prefix: bitsOf(family) }))?.remediation)
      }
    }),
    { numRuns: 500 },
  )
})

test('a limit keeps lines of the whole export in their order, none less important than one that is left out (1,000 sets)', async () => {
  await fc.assert(
    fc.asyncProperty(histories, fc.integer({ min: 1, max: 20 }), async (history, maxEntries) => {
      const set = await setOf(history)
      const reports: ExportReport[] = []
      const rows = async (limit: Partial<ExportOptions>) =>
        (await exported(set, { format: 'jsonl', ...limit })).split('\n').filter((line) => line !== '')
      const all = await rows({})
      const kept = await rows({ maxEntries, onReport: (report) => reports.push(report) })
      expect(kept).toEqual(all.filter((line) => kept.includes(line)))
      expect(kept).toHaveLength(Math.min(maxEntries, all.length))
      expect(reports).toEqual([{ written: kept.length, leftOut: all.length - kept.length, otherScopes: 0 }])
      const importance = (line: string) => {
        const { value, remediation, expiresAt } = JSON.parse(line)
        const prefix = Number(value.split('/')[1] ?? (value.includes(':') ? 128 : 32))
        const rank = remediation === 'ban' ? 0 : remediation === 'captcha' ? 1 : 2
        const hours = (Date.parse(expiresAt) - NOW) / 3_600_000
        return ((rank * 1_000 + prefix) * 10 + (9 - hours)) * 10_000 + all.indexOf(line)
      }
      const left = all.filter((line) => !kept.includes(line))
      expect(Math.max(-1, ...kept.map(importance))).toBeLessThan(Math.min(Infinity, ...left.map(importance)))
    }),
    { numRuns: 1_000 },
  )
})
