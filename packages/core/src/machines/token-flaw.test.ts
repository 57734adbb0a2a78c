import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tokenFlaw } from './token-flaw.js'

test('every token without a flaw goes into a header and comes out as it was', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.base64String({ minLength: 1 })), (token) => {
      fc.pre(tokenFlaw(token) === undefined)
      expect(new Headers({ authorization: `Bearer ${token}` }).get('authorization')).toBe(`Bearer ${token}`)
    }),
    { numRuns: 500 },
  )
})

test('every token that a header would refuse or change has one', () => {
  const carried = (token: string) => {
    try {
      return new Headers({ authorization: `Bearer ${token}` }).get('authorization') === `Bearer ${token}`
    } catch {
      return false
    }
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (token) => {
      fc.pre(!carried(token))
      expect(tokenFlaw(token)).toBeDefined()
    }),
    { numRuns: 500 },
  )
})

test.each([
  ['', 'is empty'],
  ['x'.repeat(16_385), 'is longer than 16384 characters'],
  ['a\nb', 'holds characters that no header can carry'],
])('a flaw says what is wrong, and not the token', (token, flaw) => {
  expect(tokenFlaw(token)).toBe(flaw)
})

test('a token as CAPI issues them has none', () => {
  expect(tokenFlaw('eyJhbGciOiJIUzI1NiJ9.eyJleHAiOjF9.c2ln-_~+/=')).toBeUndefined()
})
