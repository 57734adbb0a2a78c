import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exportDecisions } from '../src/export/index.js'
import { DecisionSet } from '../src/index.js'
import { formsOf } from './address-forms.js'
import { bitsOf, canonical, type NaiveEntry, type Network, naiveCheck, textOf } from './naive-set.js'

const RUNS = process.env.CSCAPI_TEST_LONG === '1' ? 5_000 : 500

/**
 * Few bits, so that networks meet, contain and repeat one another; all of it outside what is
 * reserved.
 */
const network: fc.Arbitrary<Network> = fc
  .tuple(fc.constantFrom(4 as const, 6 as const), fc.nat(255), fc.nat(3), fc.constantFrom(0, 1, 2, 4, 8, 9, 16))
  .map(([family, low, high, wider]) => ({
    family,
    address:
      family === 4
        ? (203n << 24n) + (BigInt(high) << 16n) + BigInt(low)
        : (0x2001_0db8n << 96n) + (BigInt(high) << 70n) + BigInt(low),
    prefix: bitsOf(family) - wider,
  }))
const NOW = 1_700_000_000_000
const ends = fc.integer({ min: 1, max: 100 })
const entry = fc.record({ network, ends })

const step = fc.oneof(
  fc.record({
    act: fc.constant('stream'),
    added: fc.array(entry, { maxLength: 8 }),
    deleted: fc.array(network, { maxLength: 3 }),
  }),
  fc.record({
    act: fc.constant('blocklist'),
    name: fc.constantFrom('one', 'two', 'three'),
    remediation: fc.constantFrom('ban', 'captcha', 'throttle'),
    ends,
    networks: fc.array(network, { maxLength: 8 }),
  }),
  fc.record({
    act: fc.constant('allowlist'),
    id: fc.constantFrom('a', 'b'),
    entries: fc.array(entry, { maxLength: 2 }),
  }),
  fc.record({ act: fc.constant('retain'), names: fc.subarray(['one', 'two', 'three']), ids: fc.subarray(['a', 'b']) }),
  fc.record({ act: fc.constant('wait'), ms: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ act: fc.constant('restart') }),
)

/** How long after the last change the set is looked at again. */
const LATER = [0, 20, 60]

/** Of a network that is twice in one answer, or in one allowlist, the later expiry holds. */
function latest<T extends { network: Network; ends: number }>(entries: readonly T[]): T[] {
  return entries.filter(
    (one, index) =>
      !entries.some(
        (other, at) =>
          same(one.network, other.network) && (other.ends > one.ends || (other.ends === one.ends && at < index)),
      ),
  )
}

const same = (a: Network, b: Network) => canonical(a) === canonical(b)

test(`agrees with a slow and plain set about every address in every form, every entry, the size and the export, after any changes and at any time after the last, without another pull (${RUNS.toLocaleString('en')} histories)`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 10 }),
      fc.array(network, { minLength: 1, maxLength: 20 }),
      async (steps, probes) => {
        let now = NOW
        let set = new DecisionSet({ now: () => now })
        let entries: NaiveEntry[] = []
        let allowed: { id: string; network: Network; expiresAt: number }[] = []
        for (const each of steps) {
          switch (each.act) {
            case 'stream': {
              const isOurs = ({ origin }: NaiveEntry) => origin === 'CAPI'
              entries = entries.filter((one) => !isOurs(one) || !each.deleted.some((gone) => same(gone, one.network)))
              for (const { network: added, ends: ms } of latest(each.added)) {
                entries = entries.filter((one) => !isOurs(one) || !same(one.network, added))
                entries.push({ origin: 'CAPI', remediation: 'ban', network: added, expiresAt: now + ms })
              }
              await set.applyStream({
                new: each.added.map(({ network: added, ends: ms }) => ({
                  value: textOf(added),
                  scope: 'ip',
                  scenario: 's',
                  expiresAt: now + ms,
                })),
                deleted: each.deleted.map((gone) => ({ value: textOf(gone), scope: 'Range' })),
              })
              break
            }
            case 'blocklist': {
              const origin = `lists:${each.name}`
              entries = entries.filter((one) => one.origin !== origin)
              for (const listed of each.networks) {
                if (!entries.some((one) => one.origin === origin && same(one.network, listed)))
                  entries.push({ origin, remediation: each.remediation, network: listed, expiresAt: now + each.ends })
              }
              const { name, remediation } = each
              await set.replaceBlocklist(
                { name, remediation, scope: 'ip', duration: `${each.ends}ms` },
                each.networks.map(textOf),
              )
              break
            }
            case 'allowlist':
              allowed = allowed.filter(({ id }) => id !== each.id)
              for (const { network: allow, ends: ms } of latest(each.entries)) {
                allowed.push({ id: each.id, network: allow, expiresAt: now + ms })
              }
              await set.replaceAllowlist(
                { id: each.id, name: each.id },
                each.entries.map(({ network: allow, ends: ms }) =>
                  JSON.stringify({ value: textOf(allow), expiration: new Date(now + ms).toISOString() }),
                ),
              )
              break
            case 'retain':
              entries = entries.filter(({ origin }) => origin === 'CAPI' || each.names.includes(origin.slice(6)))
              allowed = allowed.filter(({ id }) => each.ids.includes(id))
              await set.retainLists({ blocklists: each.names, allowlists: each.ids })
              break
            case 'wait':
              now += each.ms
              break
            case 'restart':
              set = await DecisionSet.fromBytes(set.toBytes(), { now: () => now })
          }
        }
        const changed = now
        for (const later of LATER) {
          // Nothing is pulled meanwhile: what is left of several sources decides.
          now = changed + later
          const isOf = (one: NaiveEntry, value: string) => canonical(one.network) === value && one.expiresAt > now
          for (const probe of probes) {
            const address = { ...probe, prefix: bitsOf(probe.family) }
            const expected = naiveCheck(entries, allowed, address, now)
            const found = set.check(textOf(address))
            expect(found && { value: found.value, remediation: found.remediation }).toEqual(
              expected && { value: canonical(expected.network), remediation: expected.remediation },
            )
            const candidates = entries.filter((one) => found !== undefined && isOf(one, found.value))
            expect(candidates.map(({ origin, expiresAt }) => `${origin} ${expiresAt}`)).toEqual(
              found === undefined ? [] : expect.arrayContaining([`${found.origin} ${found.expiresAt}`]),
            )
            expect(set.checkAll(textOf(address))[0]?.value).toBe(found?.value)
            for (const form of formsOf(probe)) {
              expect(set.has(form)).toBe(expected !== undefined)
              expect(set.check(form)).toEqual(found)
            }
          }
          const inForce = entries.filter(
            ({ network: one }) =>
              naiveCheck(
                entries.filter(({ network: other }) => same(one, other)),
                allowed,
                one,
                now,
              ) !== undefined,
          )
          const expected = [...new Set(inForce.map(({ network: one }) => canonical(one)))].sort()
          const listed = [...set.entries()]
          expect(listed.map(({ value }) => value).sort()).toEqual(expected)
          for (const { value, origin, expiresAt } of listed)
            expect(
              entries.some((one) => isOf(one, value) && one.origin === origin && one.expiresAt === expiresAt),
            ).toBe(true)
          expect(set.size).toBe(entries.filter(({ expiresAt }) => expiresAt > now).length)
          // As of that moment from the moment of the change, too.
          const moment = now
          now = changed
          let lines = ''
          for await (const chunk of exportDecisions(set, { format: 'jsonl', now: () => moment })) lines += chunk
          const exported = lines.split('\n').filter((line) => line !== '')
          expect(exported.map((line) => JSON.parse(line).value).sort()).toEqual(expected)
        }
      },
    ),
    { numRuns: RUNS },
  )
})
