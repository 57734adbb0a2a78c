import { expect, test } from 'vitest'
import { causesOf, systemCodeOf } from './causes.js'

const withCode = (code: unknown, cause?: unknown) => Object.assign(new Error('x', { cause }), { code })

test('the code is the first plain word of the chain: anything else may be a secret', () => {
  expect(systemCodeOf(new TypeError('fetch failed', { cause: withCode('ECONNREFUSED') }))).toBe('ECONNREFUSED')
  expect(systemCodeOf(withCode('the password hunter2', withCode('UND_ERR_SOCKET')))).toBe('UND_ERR_SOCKET')
  for (const code of [7, '', 'E', 'econnreset', 'E CONN', `E${'X'.repeat(64)}`])
    expect(systemCodeOf(withCode(code))).toBeUndefined()
})

test('what is no error has no code and no causes', () => {
  for (const thrown of [undefined, null, 'ECONNREFUSED', 42]) {
    expect(systemCodeOf(thrown)).toBeUndefined()
    expect(causesOf(thrown)).toEqual([])
  }
})

test('an error that is its own cause ends', () => {
  const error = new Error('x')
  error.cause = error
  expect(causesOf(error).length).toBeGreaterThan(0)
  expect(systemCodeOf(error)).toBeUndefined()
})
