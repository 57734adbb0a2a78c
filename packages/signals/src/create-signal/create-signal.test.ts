import { existsSync, readFileSync } from 'node:fs'
import { createContext, runInContext } from 'node:vm'
import { buildSync } from 'esbuild'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CreateSignalInput, createSignal, InputError, scenarioRule, signalSchema } from '../index.js'

const DATA = new URL('../../../../../shared/data/', import.meta.url)
const hasData = existsSync(DATA)
const why = hasData ? '' : ' (skipped: there is no ../shared/data beside the checkout)'

/** After the last of the hub's alerts. */
const HUB_NOW = Date.parse('2027-01-01T00:00:00Z')

const input: CreateSignalInput = {
  attackerIp: '203.0.113.7',
  scenario: 'crowdsecurity/ssh-bf',
  createdAt: new Date('2026-03-01T10:00:00Z'),
  machineId: 'm'.repeat(48),
}

const issuesOf = (changes: Record<string, unknown>) => {
  try {
    createSignal({ ...input, ...changes })
  } catch (error) {
    if (error instanceof InputError) return error.issues
    throw error
  }
  return []
}

describe('createSignal', () => {
  test('fills in everything that CAPI requires, and nothing that is unset', () => {
    const { uuid, ...signal } = createSignal(input)
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(signal).toEqual({
      message: "Ip 203.0.113.7 performed 'crowdsecurity/ssh-bf'",
      scenario: 'crowdsecurity/ssh-bf',
      scenario_hash: '',
      scenario_version: '',
      scenario_trust: 'manual',
      source: { scope: 'Ip', value: '203.0.113.7', ip: '203.0.113.7' },
      created_at: '2026-03-01T10:00:00.000Z',
      start_at: '2026-03-01T10:00:00.000Z',
      stop_at: '2026-03-01T10:00:00.000Z',
      machine_id: 'm'.repeat(48),
      decisions: [],
    })
  })

  test('takes everything that CAPI knows', () => {
    const decision = {
      duration: '7d',
      id: 0,
      origin: 'acme',
      scenario: 'acme/x',
      scope: 'Ip',
      type: 'ban',
      value: '203.0.113.7',
    }
    const signal = createSignal({
      ...input,
      attackerIp: '2001:DB8::/32',
      createdAt: '2026-03-01T10:00:05+00:00',
      startAt: '2026-03-01T10:00:00.123456789Z',
      stopAt: 1_772_359_204_000,
      uuid: 'A0B1C2D3-0000-4000-8000-00000000000F',
      message: 'told',
      scenarioHash: 'h',
      scenarioVersion: '0.1',
      scenarioTrust: 'certified',
      context: { target_user: ['root', 'admin'], agent: 'x' },
      decisions: [decision],
      kind: 'waf',
      alertId: 7,
      cn: 'FR',
      asName: 'ACME',
      asNumber: 64_500,
      latitude: 48.85,
      longitude: 2.35,
    })
    expect(signal).toMatchObject({
      uuid: 'A0B1C2D3-0000-4000-8000-00000000000F',
      start_at: '2026-03-01T10:00:00.123456789Z',
      stop_at: '2026-03-01T10:00:04.000Z',
      source: {
        scope: 'Range',
        value: '2001:db8::/32',
        range: '2001:db8::/32',
        cn: 'FR',
        as_name: 'ACME',
        as_number: '64500',
        latitude: 48.85,
        longitude: 2.35,
      },
      context: [
        { key: 'target_user', value: 'root' },
        { key: 'target_user', value: 'admin' },
        { key: 'agent', value: 'x' },
      ],
      decisions: [decision],
      kind: 'waf',
      alert_id: 7,
    })
    expect(signalSchema.safeParse(signal).success).toBe(true)
  })

  test('nothing goes out that is unset', () => {
    const decision = {
      duration: '4h',
      id: 0,
      origin: 'o',
      scenario: 's',
      scope: 'Ip',
      type: 'ban',
      value: '203.0.113.7',
    }
    const signal = createSignal({
      ...input,
      decisions: [{ ...decision, uuid: undefined }],
      context: [{ key: 'k', value: 'v' }],
    })
    expect(JSON.parse(JSON.stringify(signal))).toMatchObject({
      decisions: [decision],
      context: [{ key: 'k', value: 'v' }],
    })
    expect(Object.keys(signal.decisions[0] ?? {}).sort()).toEqual(Object.keys(decision).sort())
    expect(signal.context).toStrictEqual([{ key: 'k', value: 'v' }])
  })

  test('a source may be something else than an address', () => {
    const { attackerIp: _, ...rest } = input
    expect(createSignal({ ...rest, source: { scope: 'username', value: 'root' } }).source).toEqual({
      scope: 'username',
      value: 'root',
    })
    expect(createSignal({ ...rest, source: { scope: 'ip', value: '::ffff:203.0.113.7' } }).source).toMatchObject({
      scope: 'Ip',
      value: '203.0.113.7',
    })
  })

  test('uuids are ordered by the time they were made', () => {
    const uuids = Array.from({ length: 1_000 }, () => createSignal(input).uuid ?? '')
    expect([...uuids].sort()).toEqual(uuids)
    expect(new Set(uuids).size).toBe(1_000)
  })

  test('everything that is wrong is named at once, with path, value and rule', () => {
    const issues = issuesOf({
      attackerIp: '203.0.113.700',
      scenario: 'no slash',
      createdAt: 'yesterday',
      machineId: 'with-dash',
      uuid: 'x',
      message: 'a\0b',
      context: { key: 'lone \ud800' },
      alertId: 1.5,
      latitude: 91,
      cn: 7,
      asName: '\ud800',
      asNumber: -1,
      longitude: '5',
      kind: 7,
      scenarioHash: 7,
      scenarioVersion: '\0',
      scenarioTrust: null,
      startAt: '2026-02-30T00:00:00Z',
      stopAt: Number.NaN,
      decisions: [{ duration: 'soon', id: 0.5, origin: 'a\0', scenario: 's', scope: 'Ip', type: 'ban' }, null],
    })
    expect(issues.map(({ path }) => path).sort()).toEqual([
      'alertId',
      'asName',
      'asNumber',
      'attackerIp',
      'cn',
      'context.key',
      'createdAt',
      'decisions[0].duration',
      'decisions[0].id',
      'decisions[0].origin',
      'decisions[0].value',
      'decisions[1]',
      'kind',
      'latitude',
      'longitude',
      'machineId',
      'message',
      'scenario',
      'scenarioHash',
      'scenarioVersion',
      'startAt',
      'stopAt',
      'uuid',
    ])
    expect(issues.find(({ path }) => path === 'decisions[0].id')).toEqual({
      path: 'decisions[0].id',
      value: '0.5',
      rule: 'must be a whole number',
    })
    expect(issues.find(({ path }) => path === 'attackerIp')).toEqual({
      path: 'attackerIp',
      value: '"203.0.113.700"',
      rule: 'must be an IPv4 or IPv6 address or a CIDR range',
    })
  })

  test.each([
    ['stopAt', { startAt: '2026-03-01T10:00:01Z', stopAt: '2026-03-01T10:00:00.999999999Z' }],
    ['stopAt', { stopAt: '2026-03-01T09:59:59Z' }],
    ['stopAt', { stopAt: 'then', startAt: '2026-03-01T10:00:01Z' }],
    ['startAt', { startAt: 'then', stopAt: '2026-03-01T09:00:00Z' }],
    ['createdAt', { createdAt: 'then', stopAt: '2009-03-01T09:00:00Z' }],
    ['source', { attackerIp: undefined, source: null }],
    ['source.scope', { attackerIp: undefined, source: { scope: '', value: 'root' } }],
    ['context["a\\u0000"]', { context: { 'a\0': 'b' } }],
    ['context.key[1]', { context: { key: ['a', 7] } }],
    ['asNumber', { asNumber: 1.5 }],
    ['decisions', { decisions: 'none' }],
    ['latitude', { latitude: 90.1 }],
    ['longitude', { longitude: Number.NaN }],
    ['context[0].value', { context: [{ key: 'k', value: 7 }] }],
    ['context', { context: 'text' }],
    [
      'decisions[0].duration',
      { decisions: [{ duration: '1w', id: 0, origin: 'o', scenario: 's', scope: 'Ip', type: 'ban', value: 'v' }] },
    ],
    ['attackerIp', { attackerIp: undefined }],
    ['attackerIp', { source: { scope: 'username', value: 'root' } }],
    ['source.value', { attackerIp: undefined, source: { scope: 'username', value: '' } }],
  ])('%s is refused by itself', (path, changes) => {
    expect(issuesOf(changes).map((issue) => issue.path)).toEqual([path])
  })

  test('of an address and a source, the address is to go, and what is wrong with the source is told too', () => {
    const issues = issuesOf({ source: { scope: 'username', value: 'root', foo: 1 } })
    expect(issues.map(({ path }) => path)).toEqual(['attackerIp', 'source.foo'])
    expect(issues[0]?.rule).toContain('must be left out where source is given')
    expect(issuesOf({ source: null }).map(({ path }) => path)).toEqual(['attackerIp', 'source'])
  })

  test('any input gives a signal that CAPI’s model accepts and JSON keeps, or an InputError', () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constant('2026-03-01T10:00:00Z'))
    const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
    const anyInput = fc.record({
      attackerIp: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
      scenario: fc.oneof(fc.constant('acme/x'), fc.string()),
      createdAt: fc.oneof(fc.date(), fc.integer(), text),
      machineId: fc.oneof(fc.constant('m'), text),
      message: maybe(text),
      startAt: maybe(fc.oneof(fc.date(), text)),
      context: maybe(fc.dictionary(text, fc.oneof(text, fc.array(text)))),
      scenarioHash: maybe(text),
    })
    fc.assert(
      fc.property(anyInput, (value) => {
        try {
          const signal = createSignal(value)
          expect(signalSchema.safeParse(signal).success).toBe(true)
          expect(JSON.parse(JSON.stringify(signal))).toEqual(signal)
        } catch (error) {
          expect(error).toBeInstanceOf(InputError)
          expect((error as InputError).issues.length).toBeGreaterThan(0)
        }
      }),
      { numRuns: 1_000 },
    )
  })

  test('it runs where there is no Node', () => {
    const [bundle] = buildSync({
      entryPoints: [new URL('../index.ts', import.meta.url).pathname],
      bundle: true,
      format: 'iife',
      globalName: 'signals',
      platform: 'browser',
      write: false,
    }).outputFiles
    const { crypto, TextEncoder, TextDecoder } = globalThis
    const context = createContext({ crypto, TextEncoder, TextDecoder, input })
    const made = runInContext(
      `${bundle?.text}; signals.createSignal({ ...input, createdAt: 1700000000000 }).source.value`,
      context,
    )
    expect(made).toBe('203.0.113.7')
    expect(bundle?.text).not.toMatch(/require\("node:|from "node:/)
  })
})

describe('scenario names', () => {
  test('have a vendor and a name, and nothing that would break a list', () => {
    for (const name of ['acme/x', 'Dominic-Wagner/vaultwarden-bf', 'a/CVE-2021-44228_v1.0'])
      expect(scenarioRule(name)).toBeUndefined()
    for (const name of [
      '',
      '/',
      'acme',
      'acme/',
      '/x',
      'a/b/c',
      'acme/x,y',
      'acme/x y',
      'acmé/x',
      `${'a'.repeat(33)}/x`,
    ])
      expect(scenarioRule(name), name).toBeDefined()
  })

  test.skipIf(!hasData)(`of the CrowdSec hub are all accepted${why}`, () => {
    const names = readFileSync(new URL('hub-signal-scenarios.txt', DATA), 'utf8').trim().split('\n')
    expect(names.length).toBe(1_077)
    expect(names.filter((name) => scenarioRule(name) !== undefined)).toEqual([])
  })

  test.skipIf(!hasData)(`and sources of the hub’s own test alerts become signals${why}`, () => {
    const lines = readFileSync(new URL('hub-test-alerts.jsonl', DATA), 'utf8').trim().split('\n')
    let made = 0
    for (const line of lines) {
      const alert = JSON.parse(line) as {
        scenario: string
        sources: Record<string, { scope: string; value: string }>
        start_at: string | null
        stop_at: string | null
      }
      for (const source of Object.values(alert.sources ?? {})) {
        if (source.scope === '' || source.value === '') continue
        const { attackerIp: _, ...rest } = input
        const times =
          alert.start_at === null ? {} : { startAt: alert.start_at, stopAt: alert.stop_at ?? alert.start_at }
        const signal = createSignal({ ...rest, ...times, scenario: alert.scenario, source, now: HUB_NOW })
        expect(signalSchema.safeParse(signal).success).toBe(true)
        made += 1
      }
    }
    expect(made).toBeGreaterThan(400)
  })
})

describe('values that TypeScript would refuse', () => {
  test.each([undefined, null, 'text', 7])('are refused as a whole: %j', (value) => {
    expect(() => createSignal(value as never)).toThrow(/No signal was made: input: must be an object/)
  })

  test.each([
    ['createdAt', null],
    ['createdAt', true],
    ['machineId', 123],
    ['scenario', { toString: () => 'acme/x' }],
    ['uuid', { toString: 0 }],
    ['latitude', null],
    ['longitude', '5'],
  ])('are refused by path: %s %j', (path, value) => {
    expect(() => createSignal({ ...input, [path]: value })).toThrow(
      expect.objectContaining({ code: 'invalid_input', issues: [expect.objectContaining({ path })] }),
    )
  })
})
