import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DecisionSet } from '../src/index.js'

const ENTRIES = 20_000
const word = fc.integer({ min: 0, max: 0xffffffff })
/** Mostly addresses, as in a real list, and ranges of every length that a list may have. */
const prefix = fc.oneof(
  { weight: 5, arbitrary: fc.constant(32) },
  { weight: 1, arbitrary: fc.integer({ min: 8, max: 32 }) },
)

const textOf = (address: number) => [24, 16, 8, 0].map((bits) => (address >>> bits) & 255).join('.')
const first = (address: number, bits: number) => (address & (bits === 0 ? 0 : 0xffffffff << (32 - bits))) >>> 0
const networkOf = (address: number, bits: number) => `${textOf(first(address, bits))}${bits === 32 ? '' : `/${bits}`}`

test('a large set answers as a plain search for every prefix does, near its entries and far from them (20 sets, 100,000 addresses)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.infiniteStream(fc.tuple(word, prefix)), fc.infiniteStream(word), async (networks, words) => {
      const listed = new Set<string>()
      const starts: number[] = []
      for (const [address, bits] of networks) {
        listed.add(networkOf(address, bits))
        starts.push(address)
        if (listed.size === ENTRIES) break
      }
      const set = new DecisionSet({ allowWide: true })
      const list = { name: 'large', scope: 'ip', remediation: 'ban', duration: '24h' }
      expect(await set.replaceBlocklist(list, listed)).toMatchObject({ added: ENTRIES })
      const longest = (address: number) => {
        for (let bits = 32; bits >= 0; bits -= 1)
          if (listed.has(networkOf(address, bits))) return networkOf(address, bits)
        return undefined
      }
      for (let probe = 0; probe < 5_000; probe += 1) {
        const far = words.next().value ?? 0
        const near = ((starts[probe] ?? 0) ^ (far & 0x1ff)) >>> 0
        const address = probe % 2 === 0 ? near : far
        expect(set.check(textOf(address))?.value, textOf(address)).toBe(longest(address))
      }
    }),
    { numRuns: 20 },
  )
})
