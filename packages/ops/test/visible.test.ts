import { describe, expect, test } from 'vitest'
import { parseVisible, visible } from '../page/visible.js'

describe('text of others', () => {
  test.each([
    ['a bidi override', 'gpj\u202Efdp.exe', 'gpj\\u202efdp.exe'],
    ['a character without width', 'cap\u200Bi', 'cap\\u200bi'],
    ['a control character', 'a\u0007b', 'a\\u0007b'],
    ['a line separator', 'a\u2028b', 'a\\u2028b'],
    ['a tag beyond the first plane', 'a\u{E0041}b', 'a\\udb40\\udc41b'],
  ])('shows %s as its code', (_what, given, shown) => {
    expect(visible(given)).toBe(shown)
  })

  test.each(['ssh-bf: 3 × "root" <script>', 'Überwachung, 攻撃, атака, هجوم', 'two lines\nand\ttabs', '🛡️'])(
    'keeps what can be seen: %j',
    (text) => {
      expect(visible(text)).toBe(text)
    },
  )

  test('is seen wherever it stands in an answer', () => {
    expect(parseVisible(JSON.stringify({ sources: [{ name: 'a\u202Eb' }], size: 1 }))).toEqual({
      sources: [{ name: 'a\\u202eb' }],
      size: 1,
    })
  })
})
