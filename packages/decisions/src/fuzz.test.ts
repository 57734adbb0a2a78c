import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecisionSet } from './index.js'
import { allowlistEntry } from './lists/list-lines.js'

const RUNS = process.env.CSCAPI_TEST_LONG === '1' ? 100_000 : 5_000

const digits = fc.constantFrom('0', '1', '7', '9', '00', '12', '255', '256', '1e3', 'ffff', '10000', 'AbC', '')
const signs = fc.constantFrom('.', ':', '::', '/', '%', ' ', '\t', '-', '#', ';', '//', '\0', '\r', 'ï', '😀')
/** Text that is nearly an address. */
const nearAddress = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV6().map((ip) => `::ffff:${ip}`),
  fc.tuple(fc.ipV4(), fc.integer({ min: -1, max: 40 })).map(([ip, bits]) => `${ip}/${bits}`),
  fc.tuple(fc.ipV6(), fc.integer({ min: -1, max: 140 })).map(([ip, bits]) => `${ip}/${bits}`),
  fc.array(fc.oneof(digits, signs), { maxLength: 18 }).map((parts) => parts.join('')),
)
const line = fc.oneof(
  { weight: 3, arbitrary: nearAddress },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.tuple(nearAddress, signs, fc.string()).map((parts) => parts.join('')) },
)
const allowlistLine = fc.oneof(
  line,
  fc.json({ maxDepth: 2 }),
  fc
    .record(
      {
        value: fc.oneof(nearAddress, fc.anything({ maxDepth: 1 })),
        expiration: fc.oneof(
          fc.date({ noInvalidDate: true }),
          fc.constantFrom('', null, '0001-01-01T00:00:00Z', 5, 'soon'),
        ),
      },
      { requiredKeys: [] },
    )
    .map((entry) => JSON.stringify(entry)),
)

describe('whatever a list holds', () => {
  test(`each line of a blocklist is taken, is nothing, or is told of (${RUNS.toLocaleString('en')} lines)`, async () => {
    const lines = fc.sample(line, RUNS)
    const set = new DecisionSet({ allowWide: true })
    const { added, skipped, skippedCount } = await set.replaceBlocklist(
      { name: 'fuzzed', scope: 'ip', remediation: 'ban', duration: '24h' },
      lines,
    )
    expect(added).toBeGreaterThan(RUNS / 10)
    expect(skippedCount).toBeGreaterThan(RUNS / 10)
    expect(skipped).toHaveLength(100)
    let listed = 0
    for (const { value } of set.entries()) {
      const [address = '', prefix] = value.split('/')
      expect(isIP(address), value).not.toBe(0)
      if (prefix !== undefined) expect(Number(prefix), value).toBeLessThan(isIP(address) === 4 ? 32 : 128)
      listed += 1
    }
    expect(listed).toBe(added)
  })

  test(`each line of an allowlist is an entry, is nothing, or breaks a rule (${RUNS.toLocaleString('en')} lines)`, () => {
    const kinds = { entry: 0, nothing: 0, rule: 0 }
    fc.assert(
      fc.property(allowlistLine, (text) => {
        const read = allowlistEntry(text)
        if (read === undefined) {
          kinds.nothing += 1
          expect(text.trim()).toBe('')
        } else if ('rule' in read) {
          kinds.rule += 1
          expect(read.rule).toMatch(/^must /)
        } else {
          kinds.entry += 1
          expect(typeof read.value).toBe('string')
          expect(Number.isNaN(read.expiresAt)).toBe(false)
        }
      }),
      { numRuns: RUNS },
    )
    expect(Math.min(kinds.entry, kinds.nothing, kinds.rule)).toBeGreaterThan(RUNS / 1_000)
  })
})

/** Bytes that hold what they hold, with the right checksum. */
const signed = (body: Uint8Array) => Buffer.concat([body, createHash('sha256').update(body).digest()])

test(`a snapshot with a right checksum and anything inside is read, or is a typed error (${(RUNS / 5).toLocaleString('en')} snapshots)`, async () => {
  const set = new DecisionSet()
  await set.replaceBlocklist({ name: 'a', scope: 'ip', remediation: 'ban', duration: '24h' }, ['8.8.8.8', '2600::/32'])
  await set.replaceAllowlist({ id: 'b', name: 'b' }, ['{"value":"9.9.9.9"}'])
  const body = set.toBytes().slice(0, -32)
  const change = fc.record({ at: fc.nat(body.length - 1), byte: fc.nat(255) })
  const outcomes = { read: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), fc.nat(body.length), async (changes, length) => {
      const bent = body.slice(0, changes.length % 2 === 0 ? length : body.length)
      for (const { at, byte } of changes) if (at < bent.length) bent[at] = byte
      try {
        const read = await DecisionSet.fromBytes(signed(bent))
        for (const { value } of read.entries()) expect(typeof value).toBe('string')
        outcomes.read += 1
      } catch (error) {
        expect(error).toMatchObject({ code: expect.stringMatching(/^snapshot_(corrupt|newer)$/) })
        outcomes.refused += 1
      }
    }),
    { numRuns: RUNS / 5 },
  )
  expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(RUNS / 1_000)
})
