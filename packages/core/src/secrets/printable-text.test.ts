import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { printableText } from './printable-text.js'

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
