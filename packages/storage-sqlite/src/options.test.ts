import { describe, expect, test } from 'vitest'
import { SqliteStorage } from './index.js'

describe('the options', () => {
  test.each([
    ['path', { path: '' }],
    ['path', {}],
    ['path', { path: ':memory:' }],
    ['busyTimeoutMs', { path: 'a.db', busyTimeoutMs: Number.NaN }],
    ['busyTimeoutMs', { path: 'a.db', busyTimeoutMs: -1 }],
    ['now', { path: 'a.db', now: 0 }],
    ['driver', { path: 'a.db', driver: 'sqlite3' }],
    ['driver', { path: 'a.db', driver: null }],
  ])('%s is refused by name, before any file is made: %j', (name, options) => {
    expect(() => new SqliteStorage(options as never)).toThrow(
      expect.objectContaining({ code: 'invalid_input', issues: [expect.objectContaining({ path: name })] }),
    )
  })

  test('that are wrong are named all at once, and a database in memory is answered with advice', () => {
    expect(() => new SqliteStorage({ path: ':memory:', busyTimeoutMs: -1 })).toThrow(
      /path: .*MemoryStorage.*busyTimeoutMs: must be 0 milliseconds or more/,
    )
  })
})
