import { describe, expect, test } from 'vitest'
import { firstField, scopedLine } from './list-lines.js'

describe('the first field of a line', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['\ufeff203.0.113.7', '203.0.113.7'],
    ['203.0.113.7\r', '203.0.113.7'],
    ['203.0.113.7\t2024-01-01\tDE', '203.0.113.7'],
    ['203.0.113.7 seen yesterday', '203.0.113.7'],
    ['203.0.113.7 - a comment', '203.0.113.7'],
    ['203.0.113.7 - 5 hits', '203.0.113.7'],
    ['203.0.113.7,DE,AS64500', '203.0.113.7'],
    ['203.0.113.7;DE', '203.0.113.7'],
    ['203.0.113.7#5', '203.0.113.7'],
    ['203.0.113.7//5', '203.0.113.7'],
    ['203.0.113.0/24 ; SBL1', '203.0.113.0/24'],
    ['"203.0.113.7","DE"', '203.0.113.7'],
    ["'203.0.113.7'\t'DE'", '203.0.113.7'],
    ['"2001:db8::/32",', '2001:db8::/32'],
    ['203.0.113.0-203.0.113.255', '203.0.113.0-203.0.113.255'],
    ['203.0.113.7:8080', '203.0.113.7:8080'],
    ['"203.0.113.7', '"203.0.113.7'],
  ])('of %j is %j', (line, field) => {
    expect(firstField(line)).toBe(field)
  })

  test.each(['', ' \t\r', '\ufeff', '# 203.0.113.7', '; 203.0.113.7', '// 203.0.113.7', '! 203.0.113.7', '  #'])(
    'is none in %j, which is empty or a comment',
    (line) => {
      expect(firstField(line)).toBeUndefined()
    },
  )

  test.each(['203.0.113.0 - 203.0.113.255', '203.0.113.0\t- 203.0.113.255', '2001:db8:: -2001:db8::ff'])(
    'of a range from one address to another is not taken for the whole of it: %j',
    (line) => {
      expect(firstField(line)).toEqual({ rule: expect.stringContaining('from one address to another') })
    },
  )
})

describe('a line of another scope', () => {
  test.each([
    ['Country', 'XX', 'XX'],
    ['country', '"xx","a country"', 'xx'],
    ['AS', 'AS64500 # a network', 'AS64500'],
    ['as', '64500', '64500'],
    ['username', 'john doe', 'john doe'],
    ['username', 'john#doe, jr.', 'john#doe, jr.'],
    ['username', 'root # often', 'root'],
    ['url', 'http://203.0.113.7/x', 'http://203.0.113.7/x'],
    ['username', '{}', '{}'],
    ['username', '# a comment', undefined],
    ['Country', '', undefined],
  ])('of the scope %s: %j is %j', (scope, line, value) => {
    expect(scopedLine(scope, line)).toBe(value)
  })

  test.each([
    ['Country', 'Forbidden', 'must be a country code of two letters'],
    ['AS', '<html>', 'must be the number of an autonomous system'],
    ['username', '<!DOCTYPE html>', 'must be a value, and neither a page nor a JSON object'],
    ['username', '{"message": "Forbidden"}', 'must be a value, and neither a page nor a JSON object'],
  ])('of the scope %s that is none: %j', (scope, line, rule) => {
    expect(scopedLine(scope, line)).toEqual({ rule })
  })
})
