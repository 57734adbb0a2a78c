import { InputError } from '@cscapi/signals'
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

describe('an environment that is wrong', () => {
  const issuesOf = (environment: unknown) => {
    try {
      resolveBaseUrl(environment as Environment)
    } catch (error) {
      if (error instanceof InputError) return error.issues
      throw error
    }
    return []
  }

  test.each([
    ['prod', 'production'],
    ['PRODUCTION', 'production'],
    ['prodution', 'production'],
    ['dev', 'development'],
    ['developement', 'development'],
  ])('%s: %s is suggested', (environment, meant) => {
    expect(issuesOf(environment)).toEqual([
      {
        path: 'environment',
        value: JSON.stringify(environment),
        rule: `must be 'production', 'development' or { baseUrl } with a URL; did you mean '${meant}'?`,
      },
    ])
  })

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', ''])('%j is no name', (environment) => {
    expect(issuesOf(environment)).toMatchObject([{ path: 'environment', value: '[not a URL]' }])
  })

  test('a URL alone is to be given as { baseUrl }', () => {
    expect(issuesOf('https://h/v3')).toMatchObject([
      { value: 'https://h/v3', rule: expect.stringContaining('give a URL as { baseUrl }') },
    ])
  })

  test('unknown keys are named', () => {
    expect(issuesOf({ url: 'https://h/v3' })).toMatchObject([
      { path: 'environment.url', rule: 'is not known here; did you mean baseUrl?' },
      { path: 'environment' },
    ])
  })

  test.each([
    'https://user:hunter2@h/v3',
    'https:user:hunter2@h/v3',
    'https//user:hunter2@h/v3',
    'user:hunter2@h',
    'hunter2',
    'https://h/v3?key=hunter2',
    'https://h/v3#hunter2',
    'ftp://user:hunter2@h',
    'https://hunter2 @h',
  ])('%s shows no password, alone or as baseUrl', (text) => {
    for (const environment of [text, { baseUrl: text }]) {
      const issues = issuesOf(environment)
      expect(issues.length).toBeGreaterThan(0)
      expect(issues.map(({ value, rule }) => value + rule).join()).not.toContain('hunter2')
    }
  })
})
