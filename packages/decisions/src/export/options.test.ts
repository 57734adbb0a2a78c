import { InputError } from '@cscapi/signals'
import { describe, expect, test } from 'vitest'
import { DecisionSet } from '../index.js'
import { type ExportOptions, exportDecisions } from './index.js'

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
