import { describe, expect, test } from 'vitest'
import { parseArguments } from './arguments.js'

const listening = (...argv: string[]) => parseArguments(argv)

describe('what stands on the command line', () => {
  test('is read with defaults that run for weeks', () => {
    expect(listening()).toMatchObject({
      action: 'listen',
      port: 8088,
      json: false,
      options: { decisions: 0, recordRequests: 'summary', recordSignals: 'none' },
    })
  })

  test.each([
    ['--decisions', ['--decisions', '5', '--decisions', '7'], '7'],
    ['--decisions', ['--decisions=5', '--decisions=missing.txt'], 'missing.txt'],
    ['--port', ['--port', '1', '--strict', '--port', '1'], '1'],
    ['--latency-ms', ['--latency-ms', '0', '--latency-ms', '9'], '9'],
  ])('%s given twice is refused: neither value is passed over in silence', (path, argv, value) => {
    expect(() => listening(...argv)).toThrow(
      expect.objectContaining({ code: 'invalid_input', issues: [{ path, value, rule: 'must be given once' }] }),
    )
  })

  test('a flag without a value may be repeated, and help is given in any case', () => {
    expect(listening('--strict', '--strict')).toMatchObject({ action: 'listen', options: { strict: true } })
    expect(listening('--port', '1', '--port', '2', '--help')).toEqual({ action: 'help' })
  })
})
