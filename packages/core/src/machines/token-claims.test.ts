import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyJson, RUNS, RUNS_TEXT } from '../../test/any-json.js'
import { readTokenClaims, tokenLifetimeMs } from './token-claims.js'

const tokenOf = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`

describe('tokens', () => {
  test('their lifetime is exp − iat, whatever the host’s clock says', () => {
    expect(tokenLifetimeMs(tokenOf({ iat: 1_000, exp: 4_600 }))).toBe(3_600_000)
  })

  test('without both claims, or with nonsense in them, the lifetime is unknown', () => {
    for (const claims of [{}, { exp: 1 }, { iat: 1 }, { iat: 'x', exp: 2 }, { iat: 5, exp: 5 }, null, [], 'text']) {
      expect(tokenLifetimeMs(tokenOf(claims))).toBeUndefined()
    }
  })

  test('an organisation means that the machine is enrolled', () => {
    expect(readTokenClaims(tokenOf({ organization_id: 'o', subscription_type: 'COMMUNITY' }))).toMatchObject({
      organizationId: 'o',
      subscriptionType: 'COMMUNITY',
    })
  })

  test('any text is read without a throw', () => {
    const isRead = (token: string) => typeof readTokenClaims(token) === 'object'
    fc.assert(fc.property(fc.string(), fc.string(), fc.string(), (a, b, c) => isRead(`${a}.${b}.${c}`)))
    fc.assert(fc.property(fc.jsonValue(), (claims) => isRead(tokenOf(claims))))
  })
})

test(`a token is read for what it says, never trusted to be one (${RUNS_TEXT} tokens)`, () => {
  const part = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    anyJson.map((json) => Buffer.from(JSON.stringify(json) ?? '').toString('base64url')),
    fc
      .record({ iat: anyJson, exp: anyJson, organization_id: anyJson, subscription_type: anyJson })
      .map((claims) => Buffer.from(JSON.stringify(claims)).toString('base64url')),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
      const token = parts.join('.')
      const claims = readTokenClaims(token)
      expect(claims.exp === undefined || typeof claims.exp === 'number').toBe(true)
      const lifetime = tokenLifetimeMs(token)
      expect(lifetime === undefined || (lifetime > 0 && Number.isFinite(lifetime))).toBe(true)
    }),
    { numRuns: RUNS },
  )
})
