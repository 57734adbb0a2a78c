import { InputError } from '@cscapi/core'
import { expect, test } from 'vitest'
import { SCHEMES } from './connect/address.js'
import { RedisStorage, type RedisStorageOptions } from './index.js'

function issuesOf(options: unknown): string[] {
  try {
    new RedisStorage(options as RedisStorageOptions)
  } catch (error) {
    if (error instanceof InputError) return error.issues.map(({ path, rule }) => `${path} ${rule}`)
    throw error
  }
  return []
}

test('exactly one way to the server must be given', () => {
  expect(issuesOf({})).toEqual(['url exactly one of url, nodes and client must be given'])
  expect(issuesOf({ url: 'redis://127.0.0.1', nodes: ['redis://127.0.0.1'] })).toEqual([
    'url exactly one of url, nodes and client must be given',
  ])
  expect(issuesOf({ url: 'rediss://user:secret@127.0.0.1:6380/1' })).toEqual([])
  expect(issuesOf({ nodes: ['redis://127.0.0.1:7000', 'redis://127.0.0.1:7001'] })).toEqual([])
})

test('everything that is wrong is named at once, and a password in a URL is not shown', () => {
  const wrong = {
    url: 'http://user:secret@127.0.0.1',
    namespace: 'a:b',
    commandTimeoutMs: 0,
    connectTimeoutMs: Number.NaN,
    waitForReplicas: -1,
  }
  expect(issuesOf(wrong).map((issue) => issue.split(' ')[0])).toEqual([
    'url',
    'namespace',
    'waitForReplicas',
    'commandTimeoutMs',
    'connectTimeoutMs',
  ])
  expect(() => new RedisStorage(wrong)).not.toThrow('secret')
  expect(issuesOf({ nodes: [] })).toEqual(['nodes must name at least one node'])
  expect(issuesOf({ nodes: ['127.0.0.1:7000'] })).toEqual([`nodes[0] must begin with ${SCHEMES.join(', ')}`])
})

test.each([undefined, null, 7, 'redis://127.0.0.1'])('%j is no set of options', (options) => {
  expect(issuesOf(options)).toEqual([expect.stringContaining('must be an object')])
})

test.each([
  ['nameSpace', 'namespace'],
  ['keyPrefix', 'namespace'],
  ['host', 'url'],
  ['startupNodes', 'nodes'],
  ['redis', 'client'],
  ['commandTimeout', 'commandTimeoutMs'],
])('%s is not known, and %s is suggested', (name, meant) => {
  expect(issuesOf({ url: 'redis://127.0.0.1', [name]: 'x' })).toEqual([
    `${name} is not known here; did you mean ${meant}?`,
  ])
})

test.each([
  ['namespace', { namespace: 7 }],
  ['tls', { tls: 'ca' }],
  ['tls', { url: 'unix:///run/redis.sock', tls: {} }],
  ['allowEviction', { allowEviction: 'yes' }],
  ['logger', { logger: {} }],
  ['logger', { logger: 'console' }],
  ['testClockOffsetMs', { testClockOffsetMs: 5 }],
  ['commandTimeoutMs', { commandTimeoutMs: 2 ** 31 }],
])('%s of another kind is refused: %j', (name, options) => {
  expect(issuesOf({ url: 'redis://127.0.0.1', ...options }).map((issue) => issue.split(' ')[0])).toEqual([name])
})

test('the nodes of a cluster have one login and one database', () => {
  expect(issuesOf({ nodes: ['redis://:a@h1', 'rediss://:a@h2', 'redis://:b@h3', 'redis://:a@h4/1'] })).toEqual([
    'nodes[1] must have the scheme, user and password of the first node: all are asked with the same',
    'nodes[2] must have the scheme, user and password of the first node: all are asked with the same',
    'nodes[3] must name no database but 0: a cluster has one',
  ])
  expect(issuesOf({ nodes: ['unix:///run/redis.sock'] })).toEqual([
    'nodes[0] must name a host and a port: a cluster has no sockets',
  ])
})

test('an option that is undefined was not given', () => {
  expect(issuesOf({ url: 'redis://127.0.0.1', nodes: undefined, client: undefined, tls: undefined })).toEqual([])
})
