import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readDecisionStream } from './decision-stream.js'
import { printableText } from './redact.js'
import { retryAfterMs } from './retry-after.js'
import { readTokenClaims, tokenLifetimeMs } from './token.js'

const NOW = Date.parse('2026-03-01T00:00:00Z')
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

describe('Retry-After', () => {
  const of = (value: string, more: Record<string, string> = {}) =>
    retryAfterMs(new Headers({ 'retry-after': value, ...more }), NOW)

  test('is read in seconds and as a date, and compared with the answer’s own date', () => {
    expect(of('120')).toBe(120_000)
    expect(of('Sun, 01 Mar 2026 00:05:00 GMT')).toBe(300_000)
    expect(of('Sun, 01 Mar 2026 00:05:00 GMT', { date: 'Sun, 01 Mar 2026 00:04:00 GMT' })).toBe(60_000)
  })

  test('is never negative and never more than an hour', () => {
    expect(of('Sun, 01 Mar 2020 00:00:00 GMT')).toBe(0)
    expect(of('86400')).toBe(3_600_000)
  })

  test('is ignored when it is missing or no time', () => {
    expect(retryAfterMs(new Headers(), NOW)).toBeUndefined()
    for (const value of ['', 'soon', '-5']) expect(of(value) ?? 0).toBeGreaterThanOrEqual(0)
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (value) => {
        const ms = of(value.replace(/[^\x20-\x7e]/g, ''))
        expect(ms === undefined || (ms >= 0 && ms <= 3_600_000)).toBe(true)
      }),
    )
  })
})

describe('texts from outside', () => {
  test('lose their control characters and their length, and never repeat a secret', () => {
    expect(printableText('a\u001b[31mb\r\nc\u0000')).toBe('a [31mb c')
    expect(printableText('lone \ud800 surrogate')).toBe('lone \ufffd surrogate')
    expect(printableText('the password hunter2 is wrong', ['hunter2'])).toBe('the password [redacted] is wrong')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (text) => {
        const shown = printableText(text)
        expect(Buffer.byteLength(shown)).toBeLessThanOrEqual(1_024)
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they must be gone
        expect(shown).not.toMatch(/[\u0000-\u001f\u007f]/)
      }),
    )
  })
})

describe('the decision stream', () => {
  test('folds the case of the scopes it knows', () => {
    const groups = ['ip', 'IP', 'range', 'as', 'country', 'username'].map((scope) => ({
      scenario: 's',
      scope,
      decisions: [{ value: 'v', duration: '1h' }],
    }))
    const { new: decisions } = readDecisionStream({ new: groups }, NOW)
    expect(decisions.map(({ scope }) => scope)).toEqual(['Ip', 'Ip', 'Range', 'AS', 'Country', 'username'])
    expect(decisions[0]?.expiresAt).toBe(NOW + 3_600_000)
  })

  test('keeps every good entry beside any bad one, and never throws', () => {
    const good = { scenario: 's', scope: 'Ip', decisions: [{ value: '203.0.113.7', duration: '4h' }] }
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 5 }), fc.jsonValue(), (others, deleted) => {
        const stream = readDecisionStream({ new: [...others, good], deleted, links: deleted }, NOW)
        expect(stream.new.some(({ value }) => value === '203.0.113.7')).toBe(true)
      }),
    )
  })
})

describe('a server that repeats a secret', () => {
  const secret = fc
    .array(fc.tuple(fc.constantFrom(...'abcxyzABCXYZ"\\%+/=-_'), fc.nat(9)), { minLength: 12, maxLength: 40 })
    .map((pairs) => pairs.flat().join(''))
  const around = fc.string({ maxLength: 12 })

  test('shows no part of it that is longer than 8 characters, as it was, escaped, encoded or cut', () => {
    fc.assert(
      fc.property(secret, around, around, fc.nat(10), (text, before, after, cut) => {
        const bytes = Buffer.from(`${before}${text}${after}`)
        const forms = [
          text.slice(cut, -1),
          encodeURIComponent(text),
          JSON.stringify(text).slice(1, -1),
          bytes.toString('base64').slice(cut),
          bytes.toString('base64url'),
          Buffer.from(text).toString('hex'),
        ]
        for (const form of forms) {
          const shown = printableText(`${before} ${form} ${after}`, [text])
          const plain = printableText(form, [text])
          expect(shown.includes(text)).toBe(false)
          expect(plain.length, form).toBeLessThan(form.length)
          // What stands before and after it in the same base64 is not of the secret.
          const parts = Array.from({ length: text.length - 8 }, (_, at) => text.slice(at, at + 9).trim())
          expect(parts.filter((part) => part.length === 9 && plain.includes(part))).toEqual([])
        }
      }),
      { numRuns: 300 },
    )
  })

  test('what is around it stays', () => {
    expect(printableText('bad token abcdefghijklmnopqrst, sorry', ['abcdefghijklmnopqrst'])).toBe(
      'bad token [redacted], sorry',
    )
    expect(printableText('machine f48425cde667 is blocked', ['abcdefghijklmnopqrst'])).toBe(
      'machine f48425cde667 is blocked',
    )
  })
})
