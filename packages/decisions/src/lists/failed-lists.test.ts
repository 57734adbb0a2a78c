import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DecisionSet, MOST_UNREADABLE_LINES } from '../index.js'

const NOW = 1_700_000_000_000
const HOUR_MS = 3_600_000

async function setUp() {
  let now = NOW
  const set = new DecisionSet({ now: () => now })
  const list = { name: 'tor', scope: 'ip', remediation: 'ban', duration: '24h' }
  const block = (lines: readonly string[], info = list) => set.replaceBlocklist(info, lines)
  const allow = (lines: readonly string[]) => set.replaceAllowlist({ id: 'a', name: 'office' }, lines)
  await block(['203.0.113.7', '198.51.100.7'])
  await allow(['{"value":"198.51.100.7"}'])
  return {
    set,
    block,
    allow,
    wait: (ms: number) => {
      now += ms
    },
    /** Blocked, and allowed although it is blocked. */
    holds: () => [set.check('203.0.113.7')?.origin, set.check('198.51.100.7')],
  }
}

const AS_BEFORE = ['lists:tor', undefined]

/** What comes in place of a list. */
const bodies: readonly [string, readonly string[]][] = [
  ['a page', ['<!doctype html>', '<html><body>', '<h1>Sign in</h1>', '</body></html>']],
  ['an error text', ['Internal Server Error']],
  ['JSON', ['{"message":"Forbidden"}']],
  ['JSON over several lines', ['{', '  "items": [', '  ]', '}']],
  ['XML', ['<?xml version="1.0"?>', '<Error><Code>AccessDenied</Code></Error>']],
  ['gzip that nobody unpacked', gzipSync('203.0.113.8\n203.0.113.9\n').toString('utf8').split('\n')],
  ['UTF-16', Buffer.from('203.0.113.8\r\n203.0.113.9\r\n', 'utf16le').toString('utf8').split('\n')],
  ['ranges from one address to another', ['203.0.113.0 - 203.0.113.255', '198.51.100.0-198.51.100.255']],
  ['names in the first field', ['evil,203.0.113.8', 'worse,203.0.113.9']],
]

describe('a list of which no line can be read', () => {
  test.each(bodies)('is refused, and what was there stays: %s', async (_, lines) => {
    const { block, allow, holds } = await setUp()
    const refusal = { code: 'list_unreadable', retryable: false }
    await expect(block(lines)).rejects.toMatchObject(refusal)
    await expect(allow(lines)).rejects.toMatchObject(refusal)
    expect(holds()).toEqual(AS_BEFORE)
  })

  test('is refused where there was none before, and for countries and AS numbers', async () => {
    const { set, block } = await setUp()
    for (const scope of ['ip', 'Range', 'country', 'AS'])
      await expect(
        block(['Bad Gateway'], { name: 'new', scope, remediation: 'ban', duration: '1h' }),
        scope,
      ).rejects.toMatchObject({ code: 'list_unreadable' })
    expect(set.listExpiry('new')).toBeUndefined()
  })

  test('is refused with its first such line, on one line, in ASCII, and cut', async () => {
    const { block, allow } = await setUp()
    await expect(block(['', '# x', `<b>\u202e\u0000é${'x'.repeat(5_000)}`])).rejects.toThrow(
      /^The blocklist tor was not taken: 1 of its 1 lines cannot be read; line 3 must be an IPv4 .* range, and is "<b>\\u\{202e\}\\u\{0\}\\u\{e9\}x{100,200}\.\.\." \[list_unreadable\]$/,
    )
    await expect(allow(['nothing'])).rejects.toThrow(
      'The allowlist office was not taken: 1 of its 1 lines cannot be read; line 1 must be a JSON object, and is "nothing"',
    )
  })

  test.each(bodies.filter(([what]) => /page|JSON|XML/.test(what)).filter(([, [first]]) => first !== '{'))(
    'is refused for a scope whose values may look like anything, when it begins as something else does: %s',
    async (_, lines) => {
      const { set } = await setUp()
      const info = { name: 'names', scope: 'username', remediation: 'ban', duration: '24h' }
      await set.replaceBlocklist(info, ['root', 'admin'])
      await expect(set.replaceBlocklist(info, ['# a list', ...lines])).rejects.toMatchObject({
        code: 'list_unreadable',
      })
      expect(set.checkScope('username', 'root')?.origin).toBe('lists:names')
      expect(await set.replaceBlocklist(info, ['alice', ...lines])).toMatchObject({ removed: 2 })
    },
  )

  test('keeps its rules of expiry', async () => {
    const { block, wait, holds } = await setUp()
    wait(23 * HOUR_MS)
    await expect(block(['<html>'])).rejects.toMatchObject({ code: 'list_unreadable' })
    expect(holds()).toEqual(AS_BEFORE)
    wait(HOUR_MS)
    expect(holds()).toEqual([undefined, undefined])
  })
})

describe('a list of which some lines can be read', () => {
  /** So many of ten lines can be read. */
  const mixed = (readable: number) =>
    Array.from({ length: 10 }, (_, index) => (index < readable ? `203.0.113.${100 + index}` : 'nonsense'))
  const most = Math.round(10 * MOST_UNREADABLE_LINES)

  test('replaces the one before up to half unreadable lines, and not beyond', async () => {
    const { set, block, holds } = await setUp()
    await expect(block(mixed(10 - most - 1))).rejects.toMatchObject({ code: 'list_unreadable' })
    expect(holds()).toEqual(AS_BEFORE)
    expect(await block(mixed(10 - most))).toMatchObject({ added: 10 - most, removed: 2, skippedCount: most })
    expect(set.check('203.0.113.7')).toBeUndefined()
  })

  test('is taken where nothing is in force that it would replace', async () => {
    const { set, block, allow, wait } = await setUp()
    expect(await block(mixed(1), { name: 'new', scope: 'ip', remediation: 'ban', duration: '48h' })).toMatchObject({
      added: 1,
      skippedCount: 9,
    })
    wait(24 * HOUR_MS)
    expect(await block(mixed(1))).toMatchObject({ added: 1, skippedCount: 9 })
    await allow([])
    expect(await allow(['{"value":"198.51.100.9"}', 'x', 'y'])).toMatchObject({ added: 1, skippedCount: 2 })
    expect(set.check('203.0.113.100')?.origin).toBe('lists:new')
  })

  test('may have headings, comments and empty lines, which do not count', async () => {
    const { block } = await setUp()
    const lines = ['ip,country', ...Array.from({ length: 50 }, () => '# comment'), '', '"203.0.113.8","XX"']
    expect(await block(lines)).toMatchObject({ added: 1, skipped: [{ path: 'tor:1', value: '"ip"' }] })
  })

  test('may have private and wide entries alone: they are read, and skipped', async () => {
    const { set, block } = await setUp()
    expect(await block(['10.0.0.1', '0.0.0.0/0', '::/0'])).toMatchObject({ added: 0, removed: 2, skippedCount: 3 })
    expect(set.check('203.0.113.7')).toBeUndefined()
  })
})

test.each([[[]], [['']], [['# nothing today', '', '; nothing', '! nothing', '// nothing']]])(
  'a blocklist without an entry (%j) is an empty one',
  async (lines) => {
    const { set, block } = await setUp()
    expect(await block(lines)).toMatchObject({ added: 0, removed: 2, skippedCount: 0 })
    expect(set.check('203.0.113.7')).toBeUndefined()
  },
)

test.each([[[]], [['', ' \r']]])('an allowlist without a line (%j) is an empty one', async (lines) => {
  const { set, allow } = await setUp()
  await allow(lines)
  expect(set.check('198.51.100.7')?.origin).toBe('lists:tor')
})

test.each(['-1h', '0s', '0', '', '1d', 'for ever'])(
  'a list with a duration that is none, or not above 0 (%j), is refused, and what was there stays',
  async (duration) => {
    const { block, holds } = await setUp()
    const info = { name: 'tor', scope: 'ip', remediation: 'ban', duration }
    await expect(block(['203.0.113.8'], info)).rejects.toMatchObject({ code: 'invalid_input' })
    expect(holds()).toEqual(AS_BEFORE)
  },
)

test('whatever comes in place of a list, it is taken as it says, or what was there stays (2,000 bodies)', async () => {
  const line = fc.oneof(fc.constantFrom('203.0.113.9', '# x', '', '<p>'), fc.string({ maxLength: 20, unit: 'binary' }))
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 6 }), async (lines) => {
      const { set, block, holds } = await setUp()
      const outcome = await block(lines).then(
        ({ added }) => added,
        () => 'refused',
      )
      if (outcome === 'refused') expect(holds()).toEqual(AS_BEFORE)
      else {
        expect(set.check('203.0.113.7')).toBeUndefined()
        // What is taken had a line that was read, or none at all.
        const told = lines.filter((one) => !/^(?:[#;!]|\/\/|$)/.test(one.trim()))
        expect(Number(outcome) > 0 || told.length === 0 || told.some((one) => /^\W*[\d.:/a-f]+/i.test(one))).toBe(true)
      }
    }),
    { numRuns: 2_000 },
  )
})
