import { describe, expect, test } from 'vitest'
import { type Environment, resolveBaseUrl } from './environment.js'
import { userAgentOf, VERSION } from './user-agent.js'

describe('resolveBaseUrl', () => {
  test('knows the two services', () => {
    expect(resolveBaseUrl('production')).toBe('https://api.crowdsec.net/v3')
    expect(resolveBaseUrl('development')).toBe('https://api.dev.crowdsec.net/v3')
  })

  test.each([
    ['https://capi.example/v3/', 'https://capi.example/v3'],
    ['http://127.0.0.1:8088/v3', 'http://127.0.0.1:8088/v3'],
    ['http://localhost:1/v3', 'http://localhost:1/v3'],
    ['http://[::1]:1/v3', 'http://[::1]:1/v3'],
  ])('takes %s', (baseUrl, resolved) => {
    expect(resolveBaseUrl({ baseUrl })).toBe(resolved)
  })

  test.each([
    'http://capi.example/v3',
    'http://127.0.0.1.example/v3',
    'ftp://127.0.0.1/',
    'nonsense',
    '',
    'https://x/v3?a=1',
    'https://x/v3#a',
  ])('refuses %s', (baseUrl) => {
    expect(() => resolveBaseUrl({ baseUrl })).toThrow(/environment: must/)
  })

  test('refuses credentials in the URL without showing them', () => {
    expect(() => resolveBaseUrl({ baseUrl: 'https://user:hunter2@capi.example/v3' })).toThrow(
      /environment: must not hold a user/,
    )
    expect(() => resolveBaseUrl({ baseUrl: 'https://user:hunter2@capi.example/v3' })).not.toThrow(/hunter2/)
  })

  test('refuses a name that is none, and no environment at all', () => {
    for (const environment of ['prod', 'https://api.crowdsec.net/v3', undefined, null, {}]) {
      expect(() => resolveBaseUrl(environment as Environment)).toThrow(/'production', 'development' or \{ baseUrl \}/)
    }
  })
})

describe('the user agent', () => {
  test('is prefix, name and version; without a prefix there is no dash', () => {
    expect(userAgentOf('acme')).toBe(`acme-cscapi-ts/${VERSION}`)
    expect(userAgentOf(undefined)).toBe(`cscapi-ts/${VERSION}`)
    expect(VERSION).toMatch(/^\d+\.\d+\.\d+/)
  })

  test('takes no prefix that would break the header', () => {
    for (const prefix of ['', 'a b', 'a\r\nX: y', 'a/b']) expect(() => userAgentOf(prefix)).toThrow(/userAgentPrefix/)
  })
})
