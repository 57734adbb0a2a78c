import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { printableUrl } from './printable-url.js'

describe('a URL as errors show it', () => {
  test.each([
    ['https://api.example.com/v3', 'https://api.example.com/v3'],
    ['https://u:pw@api.example.com/v3?key=pw#pw', 'https://[redacted]@api.example.com/v3'],
    ['redis://:p@ss/w?rd@host:6379/0', 'redis://[redacted]@host:6379/0'],
    ['postgres://u:pw@h1:5432,h2:5432/db?sslmode=verify-full', 'postgres://[redacted]@h1:5432,h2:5432/db'],
    ['redis://[2001:db8::1]:6379', 'redis://[2001:db8::1]:6379'],
    ['sqlite:./cscapi.db', 'sqlite:./cscapi.db'],
    ['sqlite:///var/lib/cscapi.db', 'sqlite:///var/lib/cscapi.db'],
    ['sqlite://u:pw@h/x', 'sqlite://[redacted]@h/x'],
    ['redis:u:pw', 'redis:[redacted]'],
    ['https://api.example.com/v3?key=a@pw', 'https://[redacted]'],
    ['https://api.example.com/v3#a@pw', 'https://[redacted]'],
    ['https://u:p?w@api.example.com', 'https://[redacted]'],
    ['postgres://user:secret', 'postgres://[redacted]'],
    ['user:secret', 'user:[redacted]'],
    ['secret', '[not a URL]'],
    ['', '[not a URL]'],
  ])('%j is shown as %j', (text, shown) => {
    expect(printableUrl(text)).toBe(shown)
  })

  test.each([undefined, null, 7, {}])('%s is none', (value) => {
    expect(printableUrl(value)).toBe('[not a URL]')
  })

  test('a password shows nowhere, whatever it is made of', () => {
    const password = fc.string({ minLength: 1, unit: 'binary' }).map((text) => `pw${text}pw`)
    const scheme = fc.constantFrom('redis', 'rediss', 'postgres', 'sqlite', 'https', 'file', 'x')
    fc.assert(
      fc.property(
        scheme,
        fc.constantFrom('//', ''),
        password,
        fc.constantFrom('h', 'h:1/0', ''),
        (name, slashes, secret, host) => {
          expect(printableUrl(`${name}:${slashes}user:${secret}@${host}`)).not.toContain(secret)
          expect(printableUrl(`${name}:${slashes}host/?password=${secret}`)).not.toContain(secret)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('stays on one line, and short', () => {
    expect(printableUrl(`sqlite:a\r\nb\u2028${'c'.repeat(1_000)}`)).toMatch(/^sqlite:a b c{1,200}…$/)
  })
})
