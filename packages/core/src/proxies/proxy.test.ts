import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Secret } from '../secrets/secret.js'
import { readProxies } from './proxy.js'

const CAPI = 'https://api.crowdsec.net/v3'

const proxyOf = (environment: Record<string, string>, url = CAPI, option?: string | Secret | false) =>
  readProxies(option, environment).routes.proxyOf(new URL(url))?.url

describe('the environment names the proxy', () => {
  test.each<[string, Record<string, string>, string, string | undefined]>([
    ['HTTPS_PROXY for https', { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://q:2' }, CAPI, 'http://p:1'],
    ['HTTP_PROXY for http', { HTTPS_PROXY: 'http://p:1', HTTP_PROXY: 'http://q:2' }, 'http://a.example', 'http://q:2'],
    ['HTTP_PROXY for https too, if it is alone', { HTTP_PROXY: 'http://q:2' }, CAPI, 'http://q:2'],
    ['not HTTPS_PROXY for http', { HTTPS_PROXY: 'http://p:1' }, 'http://a.example', undefined],
    ['in lower case first', { https_proxy: 'http://p:1', HTTPS_PROXY: 'http://q:2' }, CAPI, 'http://p:1'],
    ['without a scheme', { HTTPS_PROXY: 'p.example:3128' }, CAPI, 'http://p.example:3128'],
    ['over TLS', { HTTPS_PROXY: 'https://p.example' }, CAPI, 'https://p.example'],
    ['not by an empty value', { HTTPS_PROXY: '', HTTP_PROXY: '' }, CAPI, undefined],
  ])('%s', (_, environment, url, expected) => {
    expect(proxyOf(environment, url)).toBe(expected)
  })
})

describe('NO_PROXY names what is reached directly', () => {
  test.each<[string, string, boolean]>([
    ['*', CAPI, true],
    ['api.crowdsec.net', CAPI, true],
    ['crowdsec.net', CAPI, true],
    ['.crowdsec.net', CAPI, true],
    ['*.crowdsec.net', CAPI, true],
    ['CrowdSec.NET', CAPI, true],
    ['a.example, crowdsec.net', CAPI, true],
    ['a.example crowdsec.net', CAPI, true],
    ['crowdsec.net:443', CAPI, true],
    ['crowdsec.net:8443', CAPI, false],
    ['sec.net', CAPI, false],
    ['api.crowdsec.network', CAPI, false],
    ['crowdsec.net', 'https://api.crowdsec.net.', true],
    ['198.51.100.7', 'https://198.51.100.7', true],
    ['198.51.100.0/24', 'https://198.51.100.7', true],
    ['198.51.100.0/24', 'https://203.0.113.7', false],
    ['198.51.100.0/24', CAPI, false],
    ['198.51.100.0/99', 'https://198.51.100.7', false],
    ['198.51.100.0/', 'https://203.0.113.7', false],
    ['2001:db8::/32', 'https://[2001:db8::1]', true],
    ['[2001:db8::1]:443', 'https://[2001:db8::1]', true],
    ['2001:db8::1', 'https://[2001:db8::2]', false],
    [',, ,', CAPI, false],
  ])('%s and %s', (noProxy, url, isDirect) => {
    const environment = { HTTPS_PROXY: 'http://p:1' }
    expect(proxyOf({ ...environment, NO_PROXY: noProxy }, url)).toBe(isDirect ? undefined : 'http://p:1')
    expect(proxyOf({ ...environment, no_proxy: noProxy }, url)).toBe(isDirect ? undefined : 'http://p:1')
  })

  test('whatever it holds, it can be read, and its own names are matched', () => {
    fc.assert(
      fc.property(fc.string(), fc.domain(), (noise, host) => {
        const environment = { HTTPS_PROXY: 'http://p:1', NO_PROXY: `${noise},${host}` }
        expect(proxyOf(environment, `https://${host}`)).toBeUndefined()
      }),
    )
  })
})

describe('the option', () => {
  test('outweighs the environment, NO_PROXY included', () => {
    const environment = { HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }
    expect(proxyOf(environment, CAPI, 'http://q:2')).toBe('http://q:2')
    expect(proxyOf({ HTTPS_PROXY: 'http://p:1' }, CAPI, false)).toBeUndefined()
  })

  test('false also keeps newer Node from using the environment by itself', () => {
    const environment = { HTTPS_PROXY: 'http://p:1' }
    expect(readProxies(false, { ...environment, NODE_USE_ENV_PROXY: '1' }).routes.differ).toBe(true)
    expect(readProxies(false, environment).routes.differ).toBe(false)
  })
})

describe('user and password', () => {
  test('are decoded, sent as one header, and shown nowhere', () => {
    const { routes } = readProxies(new Secret('http://us%40er:s3%3Acret@p.example:3128'), {})
    const server = routes.proxyOf(new URL(CAPI))
    expect(server?.url).toBe('http://p.example:3128')
    expect(Secret.reveal(server?.authorization ?? '')).toBe(`Basic ${Buffer.from('us@er:s3:cret').toString('base64')}`)
    expect(inspect([routes, server], { depth: 9, showHidden: true })).not.toMatch(/cret|Basic/)
  })

  test('may be a user alone', () => {
    const server = readProxies('http://token@p.example', {}).routes.proxyOf(new URL(CAPI))
    expect(Secret.reveal(server?.authorization ?? '')).toBe(`Basic ${Buffer.from('token:').toString('base64')}`)
  })

  test.each([
    ['proxy', { proxy: 'socks5://user:s3cret@p.example' }],
    ['proxy', { proxy: 'http://user:s3cret@' }],
    ['proxy', { proxy: 'http://user:%s3cret@p.example' }],
    ['HTTPS_PROXY', { HTTPS_PROXY: 'socks5://user:s3cret@p.example' }],
    ['HTTP_PROXY', { HTTP_PROXY: 'http://user:s3cret@p.example:99999' }],
  ])('of a %s that cannot be used are not shown', (path, { proxy, ...environment }: Record<string, string>) => {
    const { issues } = readProxies(proxy, environment)
    expect(issues).toMatchObject([{ path, value: '[redacted]' }])
    expect(JSON.stringify(issues)).not.toContain('s3cret')
  })
})
