import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  createSignal,
  formatDuration,
  formatTimestamp,
  InputError,
  parseAddress,
  parseDuration,
  parseTimestamp,
} from './index.js'

const RUNS = process.env.CSCAPI_TEST_LONG === '1' ? 100_000 : 5_000

/**
 * Text that is near to what is parsed: its alphabet in any order, good examples bent, and anything
 * else.
 */
const near = (alphabet: string, examples: readonly string[]) =>
  fc.oneof(
    fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 40 }),
    fc
      .tuple(
        fc.constantFrom(...examples),
        fc.nat(40),
        fc.nat(3),
        fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 3 }),
      )
      .map(([text, at, drop, add]) => text.slice(0, at) + add + text.slice(at + drop)),
    fc.string({ unit: 'binary', maxLength: 30 }),
  )

const durations = near('0123456789.-+nuµμmshd ', ['3h59m55.756182786s', '24h', '1.5h', '-10ns', '7d', '.5s'])
const timestamps = near('0123456789-:.TZ+ ', [
  '2020-11-06T20:13:41.196817737Z',
  '2020-11-28T10:20:47+01:00',
  '2024-01-19T12:12:21+0000',
  '2020-11-28 10:20:46.842701127 +0100 +0100',
])
const addresses = near('0123456789abcdefABCDEF:./%x', [
  '203.0.113.7',
  '10.0.0.0/8',
  '2001:db8::1',
  '::ffff:1.2.3.4',
  '2001:db8::/32',
])

test(`a duration parses and formats back to itself, or is none (${RUNS.toLocaleString('en')} texts)`, () => {
  fc.assert(
    fc.property(durations, (text) => {
      const nanoseconds = parseDuration(text)
      if (nanoseconds === undefined) return
      expect(parseDuration(formatDuration(nanoseconds))).toBe(nanoseconds)
    }),
    { numRuns: RUNS },
  )
})

test(`a timestamp parses and formats back to itself, or is none (${RUNS.toLocaleString('en')} texts)`, () => {
  fc.assert(
    fc.property(timestamps, (text) => {
      const timestamp = parseTimestamp(text)
      if (timestamp === undefined) return
      const formatted = formatTimestamp(timestamp)
      expect(formatted).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/)
      const again = parseTimestamp(formatted)
      expect(again && formatTimestamp(again)).toBe(formatted)
    }),
    { numRuns: RUNS },
  )
})

test(`an address parses to a form that parses to itself, or is none (${RUNS.toLocaleString('en')} texts)`, () => {
  fc.assert(
    fc.property(addresses, (text) => {
      const address = parseAddress(text)
      if (address === undefined) return
      expect(parseAddress(address.value)).toEqual(address)
    }),
    { numRuns: RUNS },
  )
})

test(`a signal is made, or an InputError names what is wrong (${(RUNS / 5).toLocaleString('en')} inputs)`, () => {
  const input = fc.record(
    {
      attackerIp: fc.oneof(addresses, fc.anything()),
      source: fc.anything(),
      startAt: fc.oneof(timestamps, fc.anything()),
      stopAt: fc.oneof(timestamps, fc.anything()),
      asNumber: fc.anything(),
      latitude: fc.anything(),
      scenario: fc.oneof(fc.constantFrom('crowdsecurity/ssh-bf', 'acme/x', '/', ''), fc.anything()),
      createdAt: fc.oneof(timestamps, fc.date(), fc.anything()),
      machineId: fc.oneof(fc.string(), fc.anything()),
      context: fc.anything(),
      decisions: fc.anything(),
      uuid: fc.anything(),
      message: fc.anything(),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(input, (given) => {
      try {
        JSON.stringify(createSignal(given as never))
      } catch (error) {
        expect(error).toBeInstanceOf(InputError)
        expect((error as InputError).issues.length).toBeGreaterThan(0)
      }
    }),
    { numRuns: RUNS / 5 },
  )
})
