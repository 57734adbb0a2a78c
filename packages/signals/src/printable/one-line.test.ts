import fc from 'fast-check'
import { expect, test } from 'vitest'
import { oneLine } from './one-line.js'

test.each([
  ['line breaks of every kind', 'a\r\nb\u2028c\u2029d\u0085e', 'a b c d e'],
  ['what moves a terminal', 'a\u001b[2Jb\u009bc', 'a [2Jb c'],
  ['what turns the direction', 'gpj\u202efdp.exe \u2066x\u2069\u200e', 'gpj fdp.exe  x '],
  ['half a character', 'a\ud800', 'a\ufffd'],
])('%s does nothing any more', (_what, given, shown) => {
  expect(oneLine(given)).toBe(shown)
})

test('text of any script is kept as it is', () => {
  for (const text of ['ssh-bf: 3 × "root"', 'Überwachung 攻撃 атака هجوم', '🛡️ 👩‍💻']) expect(oneLine(text)).toBe(text)
})

test('whatever was given, one line is left, and nothing that is no text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(oneLine(text)).toMatch(/^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]*$/u)
    }),
  )
})
