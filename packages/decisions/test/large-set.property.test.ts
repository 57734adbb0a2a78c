import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DecisionSet } from '../src/index.js'
import { formsOf } from './address-forms.js'

const ENTRIES = 20_000
const NOW = 1_700_000_000_000
const word = fc.integer({ min: 0, max: 0xffffffff })
/** As an attacker would write a list that is to be slow: a few /24 networks hold all of it. */
const crowded = fc.tuple(fc.nat(15), fc.nat(255)).map(([network, last]) => ((203 << 24) | (network << 12) | last) >>> 0)
/** Mostly addresses, as in a real list, and ranges. */
const lengths = (min: number) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(32) }, { weight: 1, arbitrary: fc.integer({ min, max: 32 }) })

const textOf = (address: number) => [24, 16, 8, 0].map((bits) => (address >>> bits) & 255).join('.')
const first = (address: number, bits: number) => (address & (bits === 0 ? 0 : 0xffffffff << (32 - bits))) >>> 0
const networkOf = (address: number, bits: number) => `${textOf(first(address, bits))}${bits === 32 ? '' : `/${bits}`}`

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
          expect(set.check(forms[probe % forms.length] ?? '')?.value, textOf(asked)).toBe(expected)
          expect(set.has(forms[(probe + 1) % forms.length] ?? ''), textOf(asked)).toBe(expected !== undefined)
        }
      }),
      { numRuns: 8 },
    )
  },
)

test('a large set of IPv6 answers as a plain search for every prefix does (4 sets, 8,000 addresses)', async () => {
  const address = fc.tuple(word, word).map(([high, low]) => (0x2001_0db8n << 96n) | (BigInt(high) << 60n) | BigInt(low))
  const prefix = fc.constantFrom(128, 128, 64, 48)
  const cut = (asked: bigint, bits: number) => (asked >> BigInt(128 - bits)) << BigInt(128 - bits)
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.tuple(address, prefix)), async (networks) => {
      const listed = new Set<string>()
      const starts: bigint[] = []
      for (const [start, bits] of networks) {
        listed.add(`${cut(start, bits)}/${bits}`)
        starts.push(start)
        if (listed.size === 5_000) break
      }
      const set = new DecisionSet()
      const list = { name: 'large', scope: 'ip', remediation: 'ban', duration: '24h' }
      const lines = [...listed].map((network) => {
        const [start = '', bits] = network.split('/')
        return `${formsOf({ family: 6, address: BigInt(start) })[0]}/${bits}`
      })
      expect(await set.replaceBlocklist(list, lines)).toMatchObject({ added: 5_000 })
      for (let probe = 0; probe < 2_000; probe += 1) {
        const asked = (starts[probe] ?? 0n) ^ (1n << BigInt(probe % 90))
        const isListed = [128, 64, 48].some((bits) => listed.has(`${cut(asked, bits)}/${bits}`))
        for (const form of formsOf({ family: 6, address: asked })) expect(set.has(form)).toBe(isListed)
      }
    }),
    { numRuns: 4 },
  )
})
