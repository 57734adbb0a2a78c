import { InputError } from '@cscapi/signals'
import { describe, expect, test } from 'vitest'
import { DecisionSet } from '../index.js'
import { type ExportFormat, type ExportOptions, type ExportReport, exportDecisions } from './index.js'

const NOW = Date.UTC(2026, 0, 1)
const HOUR_MS = 3_600_000
const now = () => NOW

async function setOf(
  ...lists: readonly {
    name?: string
    values: readonly string[]
    remediation?: string
    scope?: string
    duration?: string
  }[]
) {
  const set = new DecisionSet({ now, allowWide: true })
  for (const [
    index,
    { name = `list-${index + 1}`, values, remediation = 'ban', scope = 'ip', duration = '24h' },
  ] of lists.entries())
    await set.replaceBlocklist({ name, scope, remediation, duration }, values)
  return set
}

async function exported(set: DecisionSet, options: ExportOptions) {
  let text = ''
  for await (const chunk of exportDecisions(set, { now, ...options })) text += chunk
  return text
}

/** Its lines without the comments. */
const linesOf = async (set: DecisionSet, options: ExportOptions) =>
  (await exported(set, options)).split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'))

const small = () =>
  setOf(
    { values: ['203.0.113.0/25', '203.0.113.128/25', '2001:DB8:0::1', '198.51.100.7'] },
    { values: ['192.0.2.4', '2001:db8:1::/48'], remediation: 'captcha' },
    { values: ['xx'], scope: 'Country' },
  )

describe('formats of addresses and ranges', () => {
  const formats: readonly [ExportFormat, readonly string[]][] = [
    ['text', ['198.51.100.7', '203.0.113.0/24', '2001:db8::1']],
    ['nginx-deny', ['deny 198.51.100.7;', 'deny 203.0.113.0/24;', 'deny 2001:db8::1;']],
    [
      'nginx-geo',
      [
        'geo $cscapi_remediation {',
        '  default "";',
        '  192.0.2.4 captcha;',
        '  198.51.100.7 ban;',
        '  203.0.113.0/24 ban;',
        '  2001:db8::1 ban;',
        '  2001:db8:1::/48 captcha;',
        '}',
      ],
    ],
    ['apache', ['Require not ip 198.51.100.7 203.0.113.0/24 2001:db8::1']],
    [
      'haproxy-map',
      ['192.0.2.4 captcha', '198.51.100.7 ban', '203.0.113.0/24 ban', '2001:db8::1 ban', '2001:db8:1::/48 captcha'],
    ],
    [
      'ipset',
      [
        'create cscapi-v4 hash:net family inet maxelem 4294967295',
        'create cscapi-v4-new hash:net family inet maxelem 4294967295',
        'flush cscapi-v4-new',
        'add cscapi-v4-new 198.51.100.7',
        'add cscapi-v4-new 203.0.113.0/24',
        'swap cscapi-v4-new cscapi-v4',
        'destroy cscapi-v4-new',
        'create cscapi-v6 hash:net family inet6 maxelem 4294967295',
        'create cscapi-v6-new hash:net family inet6 maxelem 4294967295',
        'flush cscapi-v6-new',
        'add cscapi-v6-new 2001:db8::1',
        'swap cscapi-v6-new cscapi-v6',
        'destroy cscapi-v6-new',
      ],
    ],
    [
      'nftables',
      [
        'add table inet cscapi',
        'add set inet cscapi blocked_v4 { type ipv4_addr; flags interval; }',
        'flush set inet cscapi blocked_v4',
        'add element inet cscapi blocked_v4 {',
        '198.51.100.7,',
        '203.0.113.0/24',
        '}',
        'add set inet cscapi blocked_v6 { type ipv6_addr; flags interval; }',
        'flush set inet cscapi blocked_v6',
        'add element inet cscapi blocked_v6 {',
        '2001:db8::1',
        '}',
      ],
    ],
  ]

  test.each(formats)(
    '%s: canonical, joined where ranges meet, and no captcha where it cannot be said',
    async (format, lines) => {
      expect(await linesOf(await small(), { format })).toEqual(lines)
    },
  )

  test('a set or a table that nothing is in is emptied all the same', async () => {
    const set = await setOf()
    expect(await linesOf(set, { format: 'nftables', family: 6 })).toEqual([
      'add table inet cscapi',
      'add set inet cscapi blocked_v6 { type ipv6_addr; flags interval; }',
      'flush set inet cscapi blocked_v6',
    ])
    expect(await linesOf(set, { format: 'ipset', family: 4 })).toContain('swap cscapi-v4-new cscapi-v4')
    expect(await linesOf(set, { format: 'nginx-geo' })).toEqual(['geo $cscapi_remediation {', '  default "";', '}'])
  })

  test('what has a name has the one that the user gives', async () => {
    const set = await setOf({ values: ['192.0.2.4'] })
    expect(await exported(set, { format: 'nftables', name: 'edge_1' })).toContain('add table inet edge_1\n')
    expect(await exported(set, { format: 'ipset', name: 'edge_1' })).toContain('add edge_1-v4-new 192.0.2.4\n')
    expect(await exported(set, { format: 'nginx-geo', name: 'edge_1' })).toContain('geo $edge_1_remediation {\n')
  })

  test('a line for Apache has a hundred networks at most', async () => {
    const values = Array.from({ length: 201 }, (_, index) => `192.0.${index}.1`)
    const lines = await linesOf(await setOf({ values }), { format: 'apache' })
    expect(lines.map((line) => line.split(' ').length - 3)).toEqual([100, 100, 1])
    expect(lines.flatMap((line) => line.replace('Require not ip ', '').split(' '))).toEqual(values)
  })

  test('one family alone', async () => {
    expect(await linesOf(await small(), { format: 'text', family: 4 })).toEqual(['198.51.100.7', '203.0.113.0/24'])
    expect(await linesOf(await small(), { format: 'text', family: 6 })).toEqual(['2001:db8::1'])
  })

  test('comments say when, from where, and how many; a name cannot leave its comment', async () => {
    const set = await setOf({ name: 'evil\n198.51.100.1\r\u2028\u0000 café \\', values: ['192.0.2.4'] })
    expect(await exported(set, { format: 'text' })).toBe(
      [
        '# CrowdSec decisions in force at 2026-01-01T00:00:00.000Z',
        '192.0.2.4',
        '# networks written: 1; less important ones left out: 0',
        '# from lists:evil\\u{a}198.51.100.1\\u{d}\\u{2028}\\u{0} caf\\u{e9} \\u{5c}',
        '',
      ].join('\n'),
    )
  })

  test('a remediation that is no bare word is made one', async () => {
    const set = await setOf({ values: ['192.0.2.4'], remediation: 'ban; }\ninclude /etc/passwd' })
    expect(await linesOf(set, { format: 'haproxy-map' })).toEqual(['192.0.2.4 ban____include__etc_passwd'])
    expect(await linesOf(set, { format: 'nginx-geo' })).toContain('  192.0.2.4 ban____include__etc_passwd;')
  })
})

describe('aggregation', () => {
  test('a remediation of its own inside a banned range stays out of the ban', async () => {
    const set = await setOf({ values: ['192.0.2.0/30'] }, { values: ['192.0.2.1'], remediation: 'captcha' })
    expect(await linesOf(set, { format: 'text' })).toEqual(['192.0.2.0', '192.0.2.2/31'])
    expect(await linesOf(set, { format: 'haproxy-map' })).toEqual([
      '192.0.2.0 ban',
      '192.0.2.1 captcha',
      '192.0.2.2/31 ban',
    ])
  })

  test('neighbours of different remediations are not joined', async () => {
    const set = await setOf({ values: ['192.0.2.0'] }, { values: ['192.0.2.1'], remediation: 'captcha' })
    expect(await linesOf(set, { format: 'haproxy-map' })).toEqual(['192.0.2.0 ban', '192.0.2.1 captcha'])
    expect(await linesOf(set, { format: 'haproxy-map', remediations: ['captcha'] })).toEqual(['192.0.2.1 captcha'])
  })

  test('no allowed address is blocked, even in the middle of what is joined', async () => {
    const set = await setOf({
      values: ['192.0.2.0/24', '198.51.100.0', '198.51.100.1', '198.51.100.2', '198.51.100.3'],
    })
    await set.replaceAllowlist({ id: 'a', name: 'ours' }, ['{"value":"192.0.2.9"}', '{"value":"198.51.100.2"}'])
    expect(await linesOf(set, { format: 'text' })).toEqual(['198.51.100.0/31', '198.51.100.3'])
  })

  test('the whole of a family is one network, and two for ipset, which takes no /0', async () => {
    const set = await setOf({ values: ['0.0.0.0/1', '128.0.0.0/1', '::/0', '2001:db8::/32'] })
    expect(await linesOf(set, { format: 'text' })).toEqual(['0.0.0.0/0', '::/0'])
    const lines = await linesOf(set, { format: 'ipset' })
    expect(lines.filter((line) => line.startsWith('add'))).toEqual([
      'add cscapi-v4-new 0.0.0.0/1',
      'add cscapi-v4-new 128.0.0.0/1',
      'add cscapi-v6-new ::/1',
      'add cscapi-v6-new 8000::/1',
    ])
  })

  test('without it, entries stand as they came', async () => {
    const set = await setOf({ values: ['192.0.2.0/30', '192.0.2.1', '192.0.2.4/30'] })
    expect(await linesOf(set, { format: 'text', aggregate: false })).toEqual([
      '192.0.2.0/30',
      '192.0.2.1',
      '192.0.2.4/30',
    ])
  })
})

describe('the limit', () => {
  const mixed = () =>
    setOf(
      { values: ['192.0.2.1', '192.0.2.64/26', '2001:db8::/64'] },
      { values: ['198.51.100.0/24'], remediation: 'captcha' },
      { values: ['203.0.113.0/24'], remediation: 'throttle' },
      { values: ['192.0.2.3'], duration: '48h' },
      { values: ['192.0.2.5'] },
      { values: ['XX'], scope: 'Country' },
    )

  test('keeps bans before captchas before others, then shorter prefixes, then later expiries, then lower addresses', async () => {
    const set = await mixed()
    const order: string[] = []
    for (let maxEntries = 1; maxEntries <= 8; maxEntries += 1) {
      const values = (await linesOf(set, { format: 'jsonl', maxEntries })).map((line) => JSON.parse(line).value)
      expect(values).toHaveLength(maxEntries)
      order.push(...values.filter((value) => !order.includes(value)))
    }
    expect(order).toEqual([
      '192.0.2.64/26',
      '192.0.2.3',
      '192.0.2.1',
      '192.0.2.5',
      '2001:db8::/64',
      'XX',
      '198.51.100.0/24',
      '203.0.113.0/24',
    ])
  })

  test('lets the user order the remediations', async () => {
    const options = { format: 'haproxy-map', maxEntries: 2, remediations: ['throttle', 'captcha', 'ban'] } as const
    expect(await linesOf(await mixed(), options)).toEqual(['198.51.100.0/24 captcha', '203.0.113.0/24 throttle'])
  })

  test('counts what is written after aggregation, and says what it left out in a comment and in the report', async () => {
    const reports: ExportReport[] = []
    const options = { format: 'text', maxEntries: 2, onReport: (report: ExportReport) => reports.push(report) } as const
    const text = await exported(await mixed(), options)
    expect(text).toContain('\n192.0.2.3\n192.0.2.64/26\n# networks written: 2; less important ones left out: 3\n')
    expect(reports).toEqual([{ written: 2, leftOut: 3, otherScopes: 1 }])
  })
})

describe('csv', () => {
  test('has a header, every scope, and quotes', async () => {
    const set = await small()
    expect(await exported(set, { format: 'csv', remediations: ['captcha', 'ban'] })).toBe(
      [
        '"value","scope","remediation","reason","origin","expiresAt"',
        '"192.0.2.4","Ip","captcha","list-2","lists:list-2","2026-01-02T00:00:00.000Z"',
        '"198.51.100.7","Ip","ban","list-1","lists:list-1","2026-01-02T00:00:00.000Z"',
        '"203.0.113.0/25","Range","ban","list-1","lists:list-1","2026-01-02T00:00:00.000Z"',
        '"203.0.113.128/25","Range","ban","list-1","lists:list-1","2026-01-02T00:00:00.000Z"',
        '"2001:db8::1","Ip","ban","list-1","lists:list-1","2026-01-02T00:00:00.000Z"',
        '"2001:db8:1::/48","Range","captcha","list-2","lists:list-2","2026-01-02T00:00:00.000Z"',
        '"xx","Country","ban","list-3","lists:list-3","2026-01-02T00:00:00.000Z"',
        '',
      ].join('\r\n'),
    )
  })

  test.each(['=1+1', '+1', '-1', '@sum', ' =1', '\t1', '\r1', '\uff1d1'])(
    'a cell that begins with %j is no formula',
    async (name) => {
      const set = await setOf({ name, values: ['192.0.2.4'] })
      expect(await exported(set, { format: 'csv' })).toContain(`"'${name}"`)
    },
  )

  test('a family excludes other scopes, and the report says so', async () => {
    const reports: ExportReport[] = []
    const onReport = (report: ExportReport) => reports.push(report)
    expect(await linesOf(await small(), { format: 'csv', family: 6, onReport })).toHaveLength(3)
    expect(reports).toEqual([{ written: 2, leftOut: 0, otherScopes: 1 }])
  })
})

describe('jsonl', () => {
  test('has an entry a line, with its expiry as text', async () => {
    const set = await setOf({ name: 'a\u2028"b"\n', values: ['192.0.2.4'] })
    const lines = await linesOf(set, { format: 'jsonl' })
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toContain('\u2028')
    expect(JSON.parse(lines[0]!)).toEqual({
      value: '192.0.2.4',
      scope: 'Ip',
      remediation: 'ban',
      reason: 'a\u2028"b"\n',
      origin: 'lists:a\u2028"b"\n',
      expiresAt: '2026-01-02T00:00:00.000Z',
    })
  })

  test('what never ends, ends with the last year that the format knows', async () => {
    const set = await setOf()
    await set.applyStream({
      new: [{ value: '192.0.2.4', scope: 'Ip', scenario: 's', expiresAt: Infinity }],
      deleted: [],
    })
    expect(await exported(set, { format: 'jsonl' })).toContain('"expiresAt":"9999-12-31T23:59:59.999Z"')
  })
})

describe('stix', () => {
  const bundleOf = async (set: DecisionSet, options: Partial<ExportOptions> = {}) =>
    JSON.parse(await exported(set, { format: 'stix', ...options }))

  test('is a bundle of indicators, addresses by equality and ranges by containment', async () => {
    const bundle = await bundleOf(await small())
    expect(bundle).toMatchObject({ type: 'bundle', id: expect.stringMatching(/^bundle--[0-9a-f-]{36}$/) })
    expect(bundle.objects.map(({ pattern }: { pattern: string }) => pattern)).toEqual([
      "[ipv4-addr:value = '192.0.2.4']",
      "[ipv4-addr:value = '198.51.100.7']",
      "[ipv4-addr:value ISSUBSET '203.0.113.0/25']",
      "[ipv4-addr:value ISSUBSET '203.0.113.128/25']",
      "[ipv6-addr:value = '2001:db8::1']",
      "[ipv6-addr:value ISSUBSET '2001:db8:1::/48']",
    ])
    expect(bundle.objects[0]).toEqual({
      type: 'indicator',
      spec_version: '2.1',
      id: expect.stringMatching(/^indicator--[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      created: '2021-06-10T00:00:00.000Z',
      modified: '2026-01-01T00:00:00.000Z',
      name: '192.0.2.4',
      description: 'captcha: list-2 (lists:list-2)',
      indicator_types: ['malicious-activity'],
      pattern: "[ipv4-addr:value = '192.0.2.4']",
      pattern_type: 'stix',
      pattern_version: '2.1',
      valid_from: '2026-01-01T00:00:00.000Z',
      valid_until: '2026-01-02T00:00:00.000Z',
      labels: ['captcha'],
    })
  })

  test('a network keeps its id and its date of creation, and a later export is a later version', async () => {
    const set = await setOf({ values: ['192.0.2.4'] })
    const [[first], [second]] = [await bundleOf(set), await bundleOf(set, { now: () => NOW + HOUR_MS })].map(
      ({ objects }) => objects,
    )
    expect(second).toMatchObject({ id: first.id, created: first.created, modified: '2026-01-01T01:00:00.000Z' })
  })

  test('ids are UUIDv5 as other implementations make them', async () => {
    const { objects } = await bundleOf(await setOf({ values: ['192.0.2.4', '2001:db8::/32'] }))
    // python3 -c "import uuid; print(uuid.uuid5(uuid.UUID('2e59cfd5-f660-481a-9c35-803b02adbb86'), '192.0.2.4'))"
    expect(objects.map(({ id }: { id: string }) => id)).toEqual([
      'indicator--ff272051-d337-5df8-a1b2-fc4d84748b5e',
      'indicator--96e305a9-2351-5a43-8804-4b1dca86c038',
    ])
  })

  test('of nothing has no objects, since a list in STIX is not empty', async () => {
    expect(Object.keys(await bundleOf(await setOf()))).toEqual(['type', 'id'])
  })
})

describe('an export', () => {
  test('is of the moment of the call: later changes are not in it', async () => {
    const set = await setOf({ values: ['192.0.2.4'] })
    const chunks = exportDecisions(set, { format: 'text', now })
    await set.replaceBlocklist({ name: 'list-1', scope: 'ip', remediation: 'ban', duration: '24h' }, ['192.0.2.5'])
    let text = ''
    for await (const chunk of chunks) text += chunk
    expect(text).toContain('\n192.0.2.4\n')
    expect(text).not.toContain('192.0.2.5')
  })

  test('holds nothing that has run out', async () => {
    const set = await setOf({ values: ['192.0.2.4'], duration: '1h' }, { values: ['192.0.2.5'], duration: '2h' })
    expect(await linesOf(set, { format: 'text', now: () => NOW + HOUR_MS })).toEqual(['192.0.2.5'])
  })

  test('comes in chunks, and lets other work have its turn', async () => {
    const values = Array.from({ length: 40_000 }, (_, index) => `198.18.${(index >> 8) & 255}.${index & 255}`)
    const set = await setOf({ values: values.map((value, index) => (index % 2 === 0 ? value : '192.0.2.4')) })
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    })
    const sizes: number[] = []
    for await (const chunk of exportDecisions(set, { format: 'text', now })) sizes.push(chunk.length)
    clearInterval(timer)
    expect(sizes.length).toBeGreaterThan(3)
    expect(Math.max(...sizes)).toBeLessThan(66_000)
    expect(turns).toBeGreaterThan(0)
  })
})

describe('options', () => {
  const issuesOf = (options: object) => {
    try {
      exportDecisions(new DecisionSet(), options as ExportOptions)
    } catch (error) {
      return error instanceof InputError ? error.issues : error
    }
    return undefined
  }

  test('that are wrong are all named at once, before anything is read', () => {
    const wrong = { format: 'text', family: 5, remediations: [], maxEntries: 0, aggregate: 'yes', name: 'x' }
    expect(issuesOf(wrong)).toEqual([
      { path: 'family', value: '5', rule: 'must be 4 or 6' },
      { path: 'remediations', value: '[]', rule: 'must be a list of at least one remediation' },
      { path: 'maxEntries', value: '0', rule: 'must be a whole number above 0' },
      { path: 'aggregate', value: '"yes"', rule: 'must be true or false' },
      { path: 'name', value: '"x"', rule: 'must not be given for text, which names nothing' },
    ])
  })

  test.each([
    [{ format: 'json' }, 'format', /^must be one of text, nginx-deny, .*stix$/],
    [{ format: 'toString' }, 'format', /^must be one of/],
    [{}, 'format', /^must be one of/],
    [{ format: 'csv', aggregate: true }, 'aggregate', /must not be true for csv/],
    [{ format: 'nftables', aggregate: false }, 'aggregate', /must not be false for nftables/],
    [{ format: 'stix', name: 'x' }, 'name', /must not be given for stix/],
    [{ format: 'ipset', name: 'a b' }, 'name', /letter/],
    [{ format: 'ipset', name: 'a'.repeat(21) }, 'name', /19/],
    [{ format: 'text', maxEntries: 1.5 }, 'maxEntries', /whole number/],
    [{ format: 'text', remediations: 'ban' }, 'remediations', /list/],
  ])('%j breaks the rule of %s', (options, path, rule) => {
    expect(issuesOf(options)).toEqual([{ path, value: expect.any(String), rule: expect.stringMatching(rule) }])
  })
})
