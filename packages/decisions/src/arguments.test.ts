import { describe, expect, test } from 'vitest'
import { exportDecisions } from './export/index.js'
import { createRemediate, remediateFastify, remediateHono, remediateNode } from './http/index.js'
import { DecisionSet } from './index.js'

/** Calls as nobody who has types would. */
const call = (target: unknown, method: string, args: readonly unknown[]) =>
  Reflect.apply(Reflect.get(Object(target), method), target, args)

const wrong: readonly (readonly unknown[])[] = [
  [],
  [null],
  [5],
  [Number.NaN],
  [true],
  [{}],
  [[]],
  [() => 1],
  [Symbol('x')],
]
const set = new DecisionSet()
/** Of IPv4, a number may be an address. */
const isNumber = ([argument]: readonly unknown[]) => argument === 5

describe('an argument that is none', () => {
  const lookups = ['check', 'checkAll', 'has']
  const noAddresses = [
    ['text'],
    [-1],
    [2 ** 32],
    [0.5],
    [7n],
    [new Uint8Array(5)],
    [[203, 0, 113, 7]],
    [new ArrayBuffer(4)],
  ]
  const addressCalls = [...wrong.filter((args) => !isNumber(args)), ...noAddresses]
  test.each(lookups.flatMap((method) => addressCalls.map((args) => [method, args] as const)))(
    'is refused as an address by all that look up, with the forms that are taken: %s(%o)',
    (method, args) => {
      const rule =
        'must be an IPv4 or IPv6 address: text, 4 or 16 bytes, or a whole number from 0 to 4294967295 for IPv4'
      expect(() => call(set, method, args)).toThrow(
        expect.objectContaining({ code: 'invalid_input', issues: [expect.objectContaining({ path: 'ip', rule })] }),
      )
    },
  )

  const sync = ['checkScope', 'listExpiry', 'on']
  test.each(sync.flatMap((method) => wrong.map((args) => [method, args] as const)))(
    'is refused in our words: %s(%o)',
    (method, args) => {
      expect(() => call(set, method, args)).toThrow(expect.objectContaining({ code: 'invalid_input' }))
    },
  )

  const asynchronous = ['applyStream', 'replaceBlocklist', 'replaceAllowlist', 'retainLists', 'load', 'transaction']
  test.each(
    asynchronous.flatMap((method) =>
      [...wrong, ['text']]
        .filter(([arg]) => method !== 'transaction' || typeof arg !== 'function')
        .map((args) => [method, args] as const),
    ),
  )('is refused by a promise, in our words: %s(%o)', async (method, args) => {
    await expect(call(set, method, args)).rejects.toMatchObject({ code: 'invalid_input' })
  })

  test.each([...wrong, ['text'], [new ArrayBuffer(8)]])('is no snapshot: fromBytes(%o)', async (...args) => {
    await expect(call(DecisionSet, 'fromBytes', args)).rejects.toMatchObject({ code: 'invalid_input' })
  })

  test.each([null, 5, 'text', [], { at: '1' }, { at: Number.NaN }, { At: 5 }, { pause: true }])(
    'is no option of entries: %o',
    (options) => {
      expect(() => call(set, 'entries', [options])).toThrow(expect.objectContaining({ code: 'invalid_input' }))
    },
  )

  test('names the field, the value and the rule', async () => {
    await expect(call(set, 'applyStream', [{ new: [{ value: 5, scope: 'Ip' }], deleted: 'x' }])).rejects.toMatchObject({
      issues: [
        { path: 'new[0].value', value: '5', rule: 'must be text' },
        { path: 'new[0].scenario', value: 'undefined', rule: 'must be text' },
        { path: 'new[0].expiresAt', value: 'undefined', rule: expect.stringContaining('epoch milliseconds') },
        { path: 'deleted', value: '"x"', rule: 'must be a list' },
      ],
    })
    await expect(call(set, 'replaceBlocklist', [{ name: 'a', scope: 'ip' }, '203.0.113.7'])).rejects.toMatchObject({
      issues: [{ path: 'remediation' }, { path: 'duration' }, { path: 'lines', value: '"203.0.113.7"' }],
    })
    const list = { name: 'a', scope: 'ip', remediation: 'ban', duration: '1h' }
    await expect(call(set, 'replaceBlocklist', [list, ['203.0.113.7', 5]])).rejects.toMatchObject({
      issues: [{ path: 'lines[1]', value: '5', rule: 'must be text' }],
    })
  })

  test('is an event that nobody tells of, with the one that was meant', () => {
    expect(() => call(set, 'on', ['chnage', () => undefined])).toThrow('must be "change"; did you mean "change"?')
    expect(() => call(set, 'on', ['change'])).toThrow('listener: must be a function')
  })
})

test.each([Number.NaN, Number.POSITIVE_INFINITY, undefined, '1700000000000', new Date()])(
  'a clock that gives %j is told of where it is looked at: nothing would ever run out',
  async (given) => {
    let now: unknown = 1_700_000_000_000
    const set = new DecisionSet({ now: () => now as number })
    const list = { name: 'tor', scope: 'ip', remediation: 'ban', duration: '1h' }
    await set.replaceBlocklist(list, ['203.0.113.7'])
    now = given
    const refusal = { name: 'InputError', issues: [expect.objectContaining({ path: 'now()' })] }
    expect(() => set.check('203.0.113.7')).toThrowError(expect.objectContaining(refusal))
    expect(() => set.size).toThrowError(expect.objectContaining(refusal))
    await expect(set.replaceBlocklist(list, ['203.0.113.7'])).rejects.toMatchObject(refusal)
    now = 1_700_000_000_000
    expect(set.check('203.0.113.7')?.expiresAt).toBe(1_700_003_600_000)
  },
)

describe('an option that is not known is refused, with the one that was meant', () => {
  const makes: readonly [string, (options: object) => unknown, object, string, string | undefined][] = [
    ['DecisionSet', (options) => Reflect.construct(DecisionSet, [options]), {}, 'allowwide', 'allowWide'],
    ['DecisionSet', (options) => Reflect.construct(DecisionSet, [options]), {}, 'remediation', 'remediations'],
    ['DecisionSet', (options) => Reflect.construct(DecisionSet, [options]), {}, 'constructor', undefined],
    [
      'exportDecisions',
      (options) => call({ exportDecisions }, 'exportDecisions', [set, options]),
      { format: 'text' },
      'max_entries',
      'maxEntries',
    ],
    [
      'exportDecisions',
      (options) => call({ exportDecisions }, 'exportDecisions', [set, options]),
      { format: 'text' },
      'ip_version',
      'family',
    ],
    [
      'createRemediate',
      (options) => call({ createRemediate }, 'createRemediate', [options]),
      { decisions: set },
      'answer',
      undefined,
    ],
    [
      'createRemediate',
      (options) => call({ createRemediate }, 'createRemediate', [options]),
      { decisions: set },
      'trust_proxy',
      'trustProxy',
    ],
    [
      'remediateNode',
      (options) => call({ remediateNode }, 'remediateNode', [options]),
      { decisions: set },
      'trustedProxies',
      'trustProxy',
    ],
    [
      'remediateFastify',
      (options) => call({ remediateFastify }, 'remediateFastify', [options]),
      { decisions: set },
      'anwser',
      'answer',
    ],
    [
      'remediateHono',
      (options) => call({ remediateHono }, 'remediateHono', [options]),
      { decisions: set },
      'remoteAdress',
      'remoteAddress',
    ],
  ]
  test.each(makes)('%s: %s', (_, make, options, typo, meant) => {
    expect(() => make({ ...options, [typo]: 'hunter2' })).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        issues: [
          {
            path: typo,
            value: '[not shown]',
            rule: meant === undefined ? 'is not known here' : `is not known here; did you mean ${meant}?`,
          },
        ],
      }),
    )
  })

  test.each([null, 5, 'text', []])('%o is no set of options', (options) => {
    for (const make of new Set(makes.map(([, make]) => make)))
      expect(() => make(options as unknown as object)).toThrow(expect.objectContaining({ code: 'invalid_input' }))
  })

  test('and everything that is wrong is told at once', () => {
    expect(() =>
      Reflect.construct(DecisionSet, [{ now: 5, allowWide: 'yes', remediations: 'ban', alowWide: true }]),
    ).toThrow(
      expect.objectContaining({
        issues: ['now', 'allowWide', 'remediations', 'alowWide'].map((path) => expect.objectContaining({ path })),
      }),
    )
    expect(() => call({ exportDecisions }, 'exportDecisions', [5, { format: 'text', now: 1, onReport: 2 }])).toThrow(
      expect.objectContaining({ issues: ['set', 'now', 'onReport'].map((path) => expect.objectContaining({ path })) }),
    )
    const options = { decisions: Promise.resolve(set), answer: 'no', remoteAddress: 1 }
    expect(() => call({ remediateHono }, 'remediateHono', [options])).toThrow(
      expect.objectContaining({
        issues: ['decisions', 'answer', 'remoteAddress'].map((path) => expect.objectContaining({ path })),
      }),
    )
  })
})
