import { describe, expect, test } from 'vitest'
import { mapError } from '../src/errors.js'

const thrown = (code: string) => Object.assign(new Error('as the driver says it'), { code })

describe('what the driver or the server says becomes', () => {
  test.each([
    ['EAI_AGAIN', 'storage_unavailable'],
    ['ENOTFOUND', 'storage_unavailable'],
    ['ECONNRESET', 'storage_unavailable'],
    ['EHOSTUNREACH', 'storage_unavailable'],
    ['08P01', 'storage_unavailable'],
    ['25P03', 'storage_unavailable'],
    ['25P04', 'storage_unavailable'],
    ['53300', 'storage_unavailable'],
    ['57P01', 'storage_unavailable'],
    ['57P05', 'storage_unavailable'],
    ['57014', 'storage_busy'],
    ['40001', 'storage_busy'],
    ['42P01', 'storage_schema_missing'],
    ['22021', 'storage_failed'],
  ])('%s: %s', (driverCode, code) => {
    expect(mapError(thrown(driverCode), 'lease')).toMatchObject({ name: 'StorageError', code, driverCode })
  })

  test.each(['Query read timeout', 'timeout exceeded when trying to connect', 'Connection terminated unexpectedly'])(
    '"%s", which has no code: storage_unavailable',
    (text) => {
      expect(mapError(new Error(text), 'lease')).toMatchObject({ code: 'storage_unavailable', retryable: true })
    },
  )

  test('a message with the advice and the words of the server or the pooler', () => {
    const refusal = Object.assign(new Error('transaction blocks not allowed in statement pooling mode'), {
      code: '08P01',
    })
    expect(mapError(refusal, 'open').message).toContain(
      'open failed: the server cannot be reached (08P01: transaction blocks not allowed in statement pooling mode)',
    )
  })
})
