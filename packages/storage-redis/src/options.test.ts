import { InputError } from '@cscapi/core'
import { expect, test } from 'vitest'
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
  expect(issuesOf({ nodes: ['127.0.0.1:7000'] })).toEqual(['nodes[0] must be a redis:// or rediss:// URL'])
})
