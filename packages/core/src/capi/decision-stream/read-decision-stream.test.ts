import { newDecisionsSchema, parseDuration } from '@cscapi/signals'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDecisionStream } from './read-decision-stream.js'
import { UnreadableJsonError } from './unreadable-json-error.js'

const NOW = Date.parse('2026-03-01T00:00:00Z')

/** Cut anywhere, as the network may do it. */
function* cut(text: string, size: number): Generator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}
const read = (answer: unknown, size = 4_096) => readText(JSON.stringify(answer), size)
const readText = (text: string, size = 4_096) => readDecisionStream(cut(text, size), NOW)

const decision = { value: '203.0.113.7', duration: '4h' }
const group = { scenario: 's', scope: 'Ip', decisions: [decision] }
const blocklist = { name: 'l', url: 'https://x.example/', remediation: 'ban', scope: 'ip', duration: '24h' }
const allowlist = { name: 'a', description: '', url: 'https://x.example/', id: '1', created_at: '', updated_at: '' }

describe('an answer of the stream', () => {
  test('is read the same wherever it was cut, in the middle of a character too', async () => {
    const answer = {
      new: [{ ...group, scenario: 'Scänärio \u{1f600} "quoted" \\ \ud800' }],
      deleted: [{ scope: 'range', decisions: ['198.51.100.0/24'] }],
      links: { blocklists: [blocklist], allowlists: [allowlist] },
    }
    const whole = await read(answer)
    expect(whole).toMatchObject({
      new: [{ value: '203.0.113.7', scope: 'Ip', duration: '4h', expiresAt: NOW + 4 * 3_600_000 }],
      deleted: [{ value: '198.51.100.0/24', scope: 'Range' }],
      links: { blocklists: [blocklist], allowlists: [allowlist] },
      skipped: [],
      skippedCount: 0,
    })
    for (const size of [1, 2, 3, 7]) expect(await read(answer, size)).toEqual(whole)
  })

  test('folds the case of the scopes it knows, and leaves words of others as they come', async () => {
    const scopes = ['ip', 'IP', 'range', 'as', 'country', 'username', 'constructor', '__proto__', 'toString']
    const { new: decisions } = await read({ new: scopes.map((scope) => ({ ...group, scope })) })
    const folded = ['Ip', 'Ip', 'Range', 'AS', 'Country', 'username', 'constructor', '__proto__', 'toString']
    expect(decisions.map(({ scope }) => scope)).toEqual(folded)
  })

  test('may say behind its entries what a group is about', async () => {
    const decisions = Array.from({ length: 10_000 }, (_, index) => ({ value: String(index), duration: '1h' }))
    const stream = await read({ new: [{ decisions, scope: 'ip', scenario: 's' }, group] })
    expect(stream.new.map(({ value }) => value)).toEqual([...decisions.map(({ value }) => value), decision.value])
    expect(new Set(stream.new.map(({ scope, scenario }) => `${scope} ${scenario}`))).toEqual(new Set(['Ip s']))
  })

  test('keeps names that are special in JavaScript as names', async () => {
    const text = `{"__proto__":{"new":[]},"constructor":1,"new":[{"__proto__":{"scope":"Ip"},${JSON.stringify(group).slice(1)}]}`
    expect(await readText(text)).toMatchObject({ new: [{ value: '203.0.113.7', scope: 'Ip' }], skippedCount: 0 })
    const inherited = '{"new":[{"__proto__":{"scope":"Ip","scenario":"s","decisions":[]}}]}'
    expect(await readText(inherited)).toMatchObject({ new: [], skippedCount: 1 })
  })

  test('may say a part twice: both are read', async () => {
    const twice = `{"new":${JSON.stringify([group])},"new":${JSON.stringify([group])}}`
    expect((await readText(twice)).new).toHaveLength(2)
  })

  test.each(['', ' \r\n', '{}', '{"new":null,"deleted":null,"links":null}', '\ufeff{}'])(
    'of %j is nothing',
    async (text) => {
      const nothing = { new: [], deleted: [], links: { blocklists: [], allowlists: [] }, skipped: [], skippedCount: 0 }
      expect(await readText(text)).toMatchObject(nothing)
    },
  )
})

describe('what cannot be read', () => {
  test('is skipped alone, told of by its place, and counted', async () => {
    const stream = await read({
      new: [{ ...group, decisions: [{ value: 'a', duration: '1d' }, decision, { value: 5, duration: '1h' }] }, {}],
      deleted: [{ scope: 'Ip', decisions: ['a', 1] }, 7],
      links: { blocklists: [{ name: 'l' }, blocklist], allowlists: {} },
    })
    expect(stream.new).toHaveLength(1)
    expect(stream.deleted).toHaveLength(1)
    expect(stream.links.blocklists).toHaveLength(1)
    expect(new Set(stream.skipped.map(({ path }) => path.replace(/\.(url|remediation|scope|duration)$/, '')))).toEqual(
      new Set([
        'links.blocklists[0]',
        'links.allowlists',
        'new[0].decisions[0]',
        'new[0].decisions[2].value',
        'new[1].scenario',
        'new[1]',
        'new[1].decisions',
        'deleted[0].decisions[1]',
        'deleted[1]',
      ]),
    )
    expect(stream.skippedCount).toBe(7)
  })

  test.each([
    [{ new: {} }, 'new', 'must be a list'],
    [{ deleted: 'x' }, 'deleted', 'must be a list'],
    [{ links: [] }, 'links', 'must be an object'],
    [{ links: { blocklists: 5 } }, 'links.blocklists', 'must be a list'],
    [{ new: [{ ...group, decisions: null }] }, 'new[0].decisions', 'must be a list'],
    [{ new: [{ scenario: 's', decisions: [] }] }, 'new[0].scope', 'is missing: it must be text'],
    [{ new: [[decision]] }, 'new[0]', 'must be an object'],
  ])('%j is told as %s', async (answer, path, rule) => {
    const { skipped, skippedCount } = await read(answer)
    expect(skipped).toEqual([expect.objectContaining({ path, rule })])
    expect(skippedCount).toBe(1)
  })

  test('loses the entries of a group that does not say what it is about, and counts each', async () => {
    expect(await read({ new: [{ scope: 'Ip', decisions: [decision, decision] }] })).toMatchObject({
      new: [],
      skippedCount: 2,
    })
  })

  test('is counted without end, and told of a hundred times, links before entries', async () => {
    const blocklists = [{ name: 'broken' }]
    const stream = await read({ new: [...Array(5_000).fill([]), group], links: { blocklists } })
    expect(stream.skippedCount).toBe(5_001)
    expect(stream.skipped).toHaveLength(100)
    expect(stream.skipped[0]?.path).toBe('links.blocklists[0].url')
    expect(stream.new).toHaveLength(1)
  })

  test('is what breaks a rule, and nothing else', async () => {
    const text = fc.constantFrom('203.0.113.7', '4h', '1d', '', '-1.5m', '0')
    const entry = fc.oneof(
      fc.record(
        { value: fc.oneof(text, fc.jsonValue()), duration: fc.oneof(text, fc.jsonValue()) },
        { requiredKeys: [] },
      ),
      fc.jsonValue(),
    )
    const isGood = (value: unknown) => {
      const { data } = newDecisionsSchema.shape.decisions.element.safeParse(value)
      return data !== undefined && parseDuration(data.duration) !== undefined
    }
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 300 }), async (decisions) => {
        const stream = await read({ new: [{ ...group, decisions }] })
        expect(stream.new).toHaveLength(decisions.filter(isGood).length)
        expect(stream.skippedCount).toBe(decisions.length - stream.new.length)
        expect(stream.skipped.length).toBeGreaterThanOrEqual(Math.min(stream.skippedCount, 100))
      }),
    )
  })

  test('never spoils the good entry beside it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue(), { maxLength: 5 }),
        fc.jsonValue(),
        fc.nat(40),
        async (others, more, size) => {
          const stream = await read({ new: [...others, group], deleted: more, links: more, more }, size + 1)
          expect(stream.new.some(({ value }) => value === decision.value)).toBe(true)
        },
      ),
    )
  })
})

describe('text that is no answer', () => {
  test.each([
    '{"new":[{"scen',
    '{"new":[]',
    '{"new":[]}}',
    '{"new":[]} x',
    '{"new":[],}',
    "{'new':[]}",
    '{"new":[01]}',
    '[1, "two"]',
    '"text"',
    '5',
    'null',
    '<html></html>',
    '{"a":"\n"}',
  ])('%s is refused', async (text) => {
    await expect(readText(text)).rejects.toBeInstanceOf(UnreadableJsonError)
  })

  test('is refused where JSON.parse refuses it, and no other text is', async () => {
    const text = fc
      .tuple(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), fc.nat(2), fc.string({ maxLength: 2 }))
      .map(([json, at, drop, add]) => {
        const whole = JSON.stringify(json)
        const from = at % whole.length
        return whole.slice(0, from) + add + whole.slice(from + drop)
      })
    await fc.assert(
      fc.asyncProperty(text, fc.nat(20), async (any, size) => {
        const accepted = await readText(any, size + 1).then(
          () => true,
          () => false,
        )
        expect(accepted).toBe(isJsonObject(any))
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['nested deeper than anything meant', `{"new":${'['.repeat(100)}${']'.repeat(100)}}`],
    ['a million levels', `{"x":${'['.repeat(1_000_000)}`],
    ['an entry of endless parts', `{"new":[{"decisions":[{"x":[${'[],'.repeat(200_000)}1]}]}]}`],
    ['a text without an end', `{"new":["${'a'.repeat(17_000_000)}`],
  ])('%s is refused', async (_, text) => {
    await expect(readText(text, 65_536)).rejects.toBeInstanceOf(UnreadableJsonError)
  })

  test('a text that is too long for any name or address is read over, and its entry skipped', async () => {
    const stream = await read({
      message: 'x'.repeat(10_000_000),
      new: [{ ...group, decisions: [decision, { ...decision, value: 'x'.repeat(70_000) }] }],
    })
    expect(stream.new).toEqual([expect.objectContaining({ value: decision.value })])
    expect(stream.skipped).toMatchObject([{ path: 'new[0].decisions[1].value' }])
  })
})

function isJsonObject(text: string): boolean {
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === 'object' && json !== null && !Array.isArray(json)
  } catch {
    return text.trim() === ''
  }
}
