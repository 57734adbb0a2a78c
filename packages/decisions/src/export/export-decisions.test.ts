import { describe, expect, test } from 'vitest'
import { exported, HOUR_MS, linesOf, NOW, now, setOf, small } from '../../test/exported-lists.js'
import { type ExportFormat, type ExportReport, exportDecisions } from './index.js'

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
