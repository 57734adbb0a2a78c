import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { InputError } from '../errors.js'
import { readOptions } from './read-options.js'

const schema = z.strictObject({
  batchSize: z.int().min(1).max(1_000).default(50),
  encryptionKey: z.string().min(12).optional(),
  kind: z.enum(['fast', 'slow']).optional(),
  window: z.strictObject({ windowMs: z.number().positive() }).optional(),
  seeds: z.union([z.number(), z.array(z.strictObject({ name: z.string() }))]).optional(),
})

function issuesFor(given: unknown, options = {}) {
  try {
    readOptions('Nothing was made', schema, given, options)
  } catch (error) {
    if (error instanceof InputError)
      return Object.fromEntries(error.issues.map(({ path, value, rule }) => [path, [value, rule]]))
    throw error
  }
  return {}
}

describe('options', () => {
  test('are read, with their defaults', () => {
    expect(readOptions('Nothing was made', schema, {})).toEqual({ batchSize: 50 })
  })

  test.each([
    ['encriptionKey', 'encryptionKey'],
    ['batchsize', 'batchSize'],
    ['batch_size', 'batchSize'],
    ['BATCH-SIZE', 'batchSize'],
  ])('%s is refused, and %s suggested, without showing what it holds', (typo, meant) => {
    expect(issuesFor({ [typo]: 'hunter2' })).toEqual({
      [typo]: ['[not shown]', `is not known here; did you mean ${meant}?`],
    })
  })

  test('a name that other programs use leads to ours', () => {
    const aliases = new Map([['max_retries', 'batchSize']])
    expect(issuesFor({ max_retries: 3 }, { aliases })).toEqual({
      max_retries: ['[not shown]', 'is not known here; did you mean batchSize?'],
    })
  })

  test.each(['constructor', '__proto__', 'toString', 'x', ''])(
    'the key %j is not known, and suggests nothing',
    (key) => {
      const given = Object.fromEntries([[key, 1]])
      expect(issuesFor(given)).toEqual(Object.fromEntries([[key === '' ? '""' : key, expect.anything()]]))
      expect(JSON.stringify(issuesFor(given))).not.toContain('did you mean')
    },
  )

  test('everything that is wrong is listed at once, at any depth, in our words', () => {
    const given = { batchSize: 0, kind: 'middling', window: { windowMS: 5 }, seeds: [{ name: 1 }] }
    expect(issuesFor(given)).toEqual({
      batchSize: ['0', 'must be at least 1'],
      kind: ['"middling"', 'must be "fast" or "slow"'],
      'window.windowMs': ['undefined', 'is missing: it must be a number'],
      'window.windowMS': ['[not shown]', 'is not known here; did you mean windowMs?'],
      'seeds[0].name': ['1', 'must be text'],
    })
  })

  test.each([undefined, null, 7, 'text', [], () => {}])('%s is no set of options', (given) => {
    expect(issuesFor(given)).toEqual({ value: [expect.any(String), expect.stringContaining('must be an object')] })
  })

  test('of options that were not given at all, the required ones are named', () => {
    const required = z.strictObject({ path: z.string(), size: z.number(), mode: z.string().optional() })
    const call = () => readOptions('Nothing was made', required, undefined)
    expect(call).toThrow(/path: is missing: it must be text.*size: is missing: it must be a number/)
  })

  test('what may be a secret is not shown', () => {
    expect(issuesFor({ encryptionKey: 'hunter2' }, { secrets: new Set(['encryptionKey']) })).toEqual({
      encryptionKey: ['[redacted]', 'must have at least 12 characters'],
    })
  })
})
