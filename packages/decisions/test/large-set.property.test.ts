import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DecisionSet } from '../src/index.js'
import { formsOf } from './address-forms.js'
import { canonical, textOf } from './naive-set.js'

const ENTRIES = 20_000
const NOW = 1_700_000_000_000
const word = fc.integer({ min: 0, max: 0xffffffff })
/** As an attacker would write a list that is to be slow: a few /24 networks hold all of it. */
const crowded = fc.tuple(fc.nat(15), fc.nat(255)).map(([network, last]) => ((203 << 24) | (network << 12) | last) >>> 0)
/** Mostly addresses, as in a real list, and ranges. */
const lengths = (min: number) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(32) }, { weight: 1, arbitrary: fc.integer({ min, max: 32 }) })

const dotted = (address: number) => [24, 16, 8, 0].map((bits) => (address >>> bits) & 255).join('.')
const first = (address: number, bits: number) => (address & (bits === 0 ? 0 : 0xffffffff << (32 - bits))) >>> 0
const networkOf = (address: number, bits: number) => `${dotted(first(address, bits))}${bits === 32 ? '' : `/${bits}`}`

test.each([
  ['every length', ENTRIES, word, lengths(8)],
  ['/17 and longer', ENTRIES, word, lengths(17)],
  ['/24 and longer', ENTRIES, word, lengths(24)],
  ['one length', ENTRIES, word, fc.constant(32)],
  ['few neighbourhoods', 4_500, crowded, lengths(24)],
])(
  'a large set of %s answers as a plain search for every prefix does, near its entries and far from them, and from another moment on (8 sets, 40,000 addresses)',
  async (_, size, address, prefix) => {
    const networks = fc.infiniteStream(fc.tuple(address, prefix))
    await fc.assert(
      fc.asyncProperty(networks, fc.infiniteStream(word), fc.boolean(), async (stream, words, isStream) => {
        const ends = new Map<string, number>()
        const starts: number[] = []
        for (const [start, bits] of stream) {
          const network = networkOf(start, bits)
          // A list ends as a whole; of a stream, each entry by itself.
          if (!ends.has(network)) ends.set(network, isStream && starts.length % 3 === 0 ? NOW + 1 : NOW + 2)
          starts.push(start)
          if (ends.size === size || starts.length === 3 * size) break
        }
        let now = NOW
        const set = new DecisionSet({ allowWide: true, now: () => now })
        const entries = [...ends].map(([value, expiresAt]) => ({ value, scope: 'Ip', scenario: 'acme/x', expiresAt }))
        const list = { name: 'large', scope: 'ip', remediation: 'ban', duration: '2ms' }
        const applied = isStream
          ? set.applyStream({ new: entries, deleted: [] })
          : set.replaceBlocklist(list, ends.keys())
        expect(await applied).toMatchObject({ added: ends.size })
        const longest = (asked: number) => {
          for (let bits = 32; bits >= 0; bits -= 1) {
            const network = networkOf(asked, bits)
            if ((ends.get(network) ?? now) > now) return network
          }
          return undefined
        }
        for (let probe = 0; probe < 5_000; probe += 1) {
          now = NOW + (probe % 3)
          const far = words.next().value ?? 0
          const near = ((starts[probe % starts.length] ?? 0) ^ (far & 0x1ff)) >>> 0
          const asked = probe % 2 === 0 ? near : far
          const expected = longest(asked)
          const forms = formsOf({ family: 4, address: BigInt(asked) })
          expect(set.check(forms[probe % forms.length] ?? '')?.value, dotted(asked)).toBe(expected)
          expect(set.has(forms[(probe + 1) % forms.length] ?? ''), dotted(asked)).toBe(expected !== undefined)
        }
      }),
      { numRuns: 8 },
    )
  },
)

test.each([
  ['every length', [128, 128, 64, 56, 48, 47, 40, 32, 29, 16]],
  ['/32 and longer', [128, 128, 64, 48, 33, 32]],
  ['/48 and longer', [128, 128, 64, 49, 48]],
  ['one length', [64]],
])(
  'a large set of IPv6 of %s answers as a plain search for every prefix does, near its entries and far from them, list or stream (4 sets, 12,000 addresses)',
  async (_, lengths) => {
    const near = fc.tuple(fc.nat(3), word, word)
    const address = near.map(
      ([region, high, low]) => ((0x2001_0db8n + BigInt(region)) << 96n) | (BigInt(high) << 60n) | BigInt(low),
    )
    const anywhere = fc
      .tuple(word, word, word, word)
      .map((all) => all.reduce((sum, one) => (sum << 32n) | BigInt(one), 0n))
    // Wide ones lie elsewhere: in the midst of the others they would hold them all.
    const network = fc
      .constantFrom(...lengths)
      .chain((bits) => fc.tuple(bits < 48 ? anywhere : address, fc.constant(bits)))
    const cut = (asked: bigint, bits: number) => (asked >> BigInt(128 - bits)) << BigInt(128 - bits)
    const listed = (given: ReadonlySet<string>, asked: bigint) => {
      const bits = [...new Set(lengths)].find((length) => given.has(`${cut(asked, length)}/${length}`))
      return bits === undefined ? undefined : canonical({ family: 6, address: asked, prefix: bits })
    }
    await fc.assert(
      fc.asyncProperty(
        fc.infiniteStream(network),
        fc.infiniteStream(anywhere),
        fc.boolean(),
        async (all, far, isStream) => {
          const given = new Set<string>()
          const starts: bigint[] = []
          for (const [start, bits] of all) {
            given.add(`${cut(start, bits)}/${bits}`)
            starts.push(start)
            if (given.size === 5_000) break
          }
          const lines = [...given].map((one) => {
            const [start = '', bits] = one.split('/')
            return textOf({ family: 6, address: BigInt(start), prefix: Number(bits) })
          })
          const set = new DecisionSet({ allowWide: true, now: () => NOW })
          const entries = lines.map((value) => ({ value, scope: 'Ip', scenario: 'acme/x', expiresAt: NOW + 1 }))
          const list = { name: 'large', scope: 'ip', remediation: 'ban', duration: '24h' }
          const applied = isStream ? set.applyStream({ new: entries, deleted: [] }) : set.replaceBlocklist(list, lines)
          expect(await applied).toMatchObject({ added: 5_000 })
          for (let probe = 0; probe < 3_000; probe += 1) {
            const nearby = (starts[probe] ?? 0n) ^ (probe % 3 === 0 ? 0n : 1n << BigInt(probe % 127))
            const asked = probe % 4 === 3 ? (far.next().value ?? 0n) : nearby
            const expected = listed(given, asked)
            const [text = '', bytes = ''] = formsOf({ family: 6, address: asked })
            expect(set.check(text)?.value).toBe(expected)
            expect([set.has(text), set.has(bytes)]).toEqual([expected !== undefined, expected !== undefined])
          }
        },
      ),
      { numRuns: 4 },
    )
  },
)

test('a large answer over a large set changes what it names, and keeps the rest that has not run out (20 pairs of answers)', async () => {
  const entry = fc.record({
    value: fc
      .nat(9_999)
      .map((at) => `${at % 3 === 0 ? '2001:db8::' : '203.0.'}${at % 3 === 0 ? at : `${at >> 8}.${at & 255}`}`),
    expiresAt: fc.constantFrom(NOW + 1, NOW + 2, NOW + 3),
  })
  const entries = fc.array(entry, { minLength: 0, maxLength: 6_000, size: 'max' })
  await fc.assert(
    fc.asyncProperty(entries, entries, entries, async (first, second, deleted) => {
      let now = NOW
      const set = new DecisionSet({ allowWide: true, now: () => now })
      const answer = (all: typeof first) => all.map((one) => ({ ...one, scope: 'Ip', scenario: 'acme/x' }))
      const latest = (all: typeof first) => {
        const ends = new Map<string, number>()
        for (const { value, expiresAt } of all) ends.set(value, Math.max(expiresAt, ends.get(value) ?? 0))
        return ends
      }
      await set.applyStream({ new: answer(first), deleted: [] })
      now = NOW + 1
      await set.applyStream({ new: answer(second), deleted: answer(deleted) })
      const gone = new Set(deleted.map(({ value }) => value))
      const kept = [...latest(first)].filter(([value, expiresAt]) => expiresAt > now && !gone.has(value))
      const come = [...latest(second)].filter(([, expiresAt]) => expiresAt > now)
      const expected = new Map([...kept, ...come].map(([value, end]) => [set.check(value)?.value, end]))
      const listed = [...set.entries()].map(({ value, expiresAt }): [string, number] => [value, expiresAt])
      expect(new Map(listed)).toEqual(expected)
      expect(set.size).toBe(expected.size)
    }),
    { numRuns: 20 },
  )
})
