import { expect, test } from 'vitest'

test('tests that read their size from CSCAPI_TEST_LONG are small', () => {
  expect(process.env.CSCAPI_TEST_LONG).toBe('0')
})
