import { expect, test } from 'vitest'
import { migrationSql } from './migrate.js'

test.each([null, 42, 'public', [], { schema: 5 }, { Schema: 'x' }, { schema: 'a;b' }])(
  'no SQL is written for %j, and the error says what is wrong',
  (options) => {
    expect(() => Reflect.apply(migrationSql, undefined, [options])).toThrow(
      expect.objectContaining({ name: 'InputError', issues: [expect.objectContaining({ rule: expect.any(String) })] }),
    )
  },
)

test('the schema is cscapi unless it is named', () => {
  expect(migrationSql()).toContain('CREATE SCHEMA IF NOT EXISTS "cscapi"')
  expect(migrationSql({ schema: 'other' })).toContain('CREATE SCHEMA IF NOT EXISTS "other"')
})
