import { IpNetwork } from '@cscapi/signals'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DecisionSet } from '../index.js'

const START = Date.UTC(2026, 10, 28, 12)
const HOUR = 3_600_000

/** Few networks that hold each other, so that they meet. */
const prefixOf = fc.constantFrom(8, 16, 24, 32)
const value = fc
  .tuple(fc.constantFrom(0, 1), fc.constantFrom(0, 1), fc.constantFrom(0, 1), prefixOf)
  .map(
    ([b, c, d, prefix]) =>
      `10.${prefix > 8 ? b : 0}.${prefix > 16 ? c : 0}.${prefix > 24 ? d : 0}${prefix === 32 ? '' : `/${prefix}`}`,
  )
const entries = fc.uniqueArray(fc.record({ value, hours: fc.integer({ min: 1, max: 4 }) }), {
  maxLength: 12,
  selector: (one) => one.value,
})

/** A network as bits, the plain way. */
const bitsOf = (text: string) => {
  const [address = '', prefix = '32'] = text.split('/')
  const bits = address.split('.').map((byte) => Number(byte).toString(2).padStart(8, '0'))
  return bits.join('').slice(0, Number(prefix))
}

test('at, around, within and rows give exactly what a plain list gives, at every moment', async () => {
  await fc.assert(
    fc.asyncProperty(entries, value, fc.integer({ min: 0, max: 5 }), async (all, asked, hours) => {
      const set = new DecisionSet({ now: () => START, allowWide: true })
      const added = all.map((one) => ({
        value: one.value,
        scope: one.value.includes('/') ? 'Range' : 'Ip',
        scenario: 'crowdsecurity/ssh-bf',
        expiresAt: START + one.hours * HOUR,
      }))
      await set.applyStream({ new: added, deleted: [] })
      const held = set.held()
      const now = START + hours * HOUR
      const network = new IpNetwork()
      network.read(asked)
      const told = (rows: Iterable<{ value: string } | undefined>) =>
        [...rows].flatMap((row) => (row === undefined ? [] : [row.value])).sort()
      const model = (isMeant: (bits: string) => boolean) =>
        added
          .filter((one) => one.expiresAt > now && isMeant(bitsOf(one.value)))
          .map((one) => one.value)
          .sort()
      const bits = bitsOf(asked)
      expect(told(held.rows(now))).toEqual(model(() => true))
      expect(told(held.at('ip', asked, now))).toEqual(model((one) => one === bits))
      expect(told(held.around(network, now))).toEqual(model((one) => bits.startsWith(one)))
      expect(told(held.within(network, now))).toEqual(model((one) => one.startsWith(bits)))
    }),
    { numRuns: 150 },
  )
})

test('what is held at one moment stays as it was when the set changes', async () => {
  const set = new DecisionSet({ now: () => START })
  await set.ban('192.0.2.1', { duration: '4h', reason: 'by hand' })
  const before = set.held()
  await set.endLocal(() => true)
  expect(before.at('Ip', '192.0.2.1', START).map(({ reason }) => reason)).toEqual(['by hand'])
  expect(set.held().at('Ip', '192.0.2.1', START)).toEqual([])
})
