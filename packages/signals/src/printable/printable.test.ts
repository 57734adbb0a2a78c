import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { printable } from './printable.js'

class Account {
  readonly name = 'hunter2'
}

describe('a value as an issue shows it', () => {
  test.each([
    ['text', '"text"'],
    [7, '7'],
    [undefined, 'undefined'],
    [null, 'null'],
    [7n, '7'],
    [{ a: [1, 'b', { c: null }] }, '{"a":[1,"b",{"c":null}]}'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    ['https://user:hunter2@h/x?key=hunter2', '"https://[redacted]@h/x"'],
    ['user:hunter2@host', '"user:[redacted]@host"'],
    [{ baseUrl: 'https://u:hunter2@h' }, '{"baseUrl":"https://[redacted]@h"}'],
    [
      { password: 'hunter2', apiKey: 'hunter2', access_token: 'hunter2' },
      '{"password":"[redacted]","apiKey":"[redacted]","access_token":"[redacted]"}',
    ],
    [
      { encriptionKey: 'hunter2', pw: 'hunter2', DB_PASS: 'hunter2' },
      '{"encriptionKey":"[redacted]","pw":"[redacted]","DB_PASS":"[redacted]"}',
    ],
    [
      { name: 'hunter2hunter2', list: ['hunter2hunter2'], ip: '8.8.8.8' },
      '{"name":"[text]","list":["[text]"],"ip":"8.8.8.8"}',
    ],
    [['crowdsecurity/ssh-bf'], '["crowdsecurity/ssh-bf"]'],
    [() => 'hunter2', '[function]'],
    [{ run: () => 'hunter2' }, '{"run":"[function]"}'],
    [new Account(), '"[Object]"'],
    [Buffer.from('hunter2'), '"[Uint8Array]"'],
  ])('%o is shown as %s', (value, shown) => {
    expect(printable(value)).toBe(shown)
  })

  test('what has no end, or fails when it is read, is cut short', () => {
    const circle: Record<string, unknown> = {}
    circle.again = [circle, circle]
    const failing = Object.defineProperty({}, 'x', {
      enumerable: true,
      get: () => {
        throw new Error('hunter2')
      },
    })
    expect(printable(circle).length).toBeLessThanOrEqual(200)
    expect(printable(failing)).toBe('[object]')
  })

  test('any value is text of 200 characters at most, and no URL in it shows a password', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string({ minLength: 4, unit: 'grapheme-ascii' }), (value, secret) => {
        const password = `pw${secret}pw`
        const text = printable({ value: [value, `redis://:${password}@h`] })
        expect(text.length).toBeLessThanOrEqual(200)
        expect(text).not.toContain(password)
      }),
    )
  })
})
