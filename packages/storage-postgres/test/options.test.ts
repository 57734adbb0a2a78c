import { Pool } from 'pg'
import { describe, expect, test } from 'vitest'
import { migrationSql, PostgresStorage, type PostgresStorageOptions } from '../src/index.js'

const url = 'postgres://app:hunter2@127.0.0.1:1/security'

describe('a wrong option is refused by the constructor, which does no I/O', () => {
  test.each([
    ['url', { url: 'mysql://app:hunter2@127.0.0.1/security' }],
    ['url', { url: '' }],
    ['url', {}],
    ['url', { url, pool: new Pool() }],
    ['schema', { url, schema: 'a"b' }],
    ['schema', { url, schema: 'x'.repeat(64) }],
    ['migrate', { url, migrate: 'perhaps' }],
    ['poolSize', { url, poolSize: 0 }],
    ['connectTimeoutMs', { url, connectTimeoutMs: 0 }],
    ['statementTimeoutMs', { url, statementTimeoutMs: Number.NaN }],
  ])('%s of %o', (path, options) => {
    let failure: unknown
    try {
      new PostgresStorage(options as unknown as PostgresStorageOptions)
    } catch (error) {
      failure = error
    }
    expect(failure).toMatchObject({ name: 'InputError', issues: [{ path, rule: expect.any(String) }] })
    expect(`${failure} ${JSON.stringify(failure)}`).not.toContain('hunter2')
  })

  test('and a right one is not', () => {
    const options = { url, schema: 'Of_$1', migrate: 'verify', poolSize: 1, connectTimeoutMs: 0.5 } as const
    expect(new PostgresStorage(options)).toBeInstanceOf(PostgresStorage)
    expect(new PostgresStorage({ pool: new Pool() })).toBeInstanceOf(PostgresStorage)
  })
})

test('migrationSql() refuses a schema that cannot be quoted plainly', () => {
  expect(() => migrationSql({ schema: 'x"; DROP TABLE y; --' })).toThrow('must be 1 to 63')
})
