import { InputError } from '@cscapi/core'
import { describe, expect, test } from 'vitest'
import { checkArguments } from './index.js'

const signal = { machineId: 'm', uuid: 'u', payload: '{}' }

function issuesOf(check: () => void) {
  try {
    check()
  } catch (error) {
    if (error instanceof InputError) return error.issues
    throw error
  }
  return []
}

const pathsOf = (check: () => void) => issuesOf(check).map(({ path }) => path)

test('everything that is wrong with a batch is named at once, by path, value and rule', () => {
  const batch = [signal, { machineId: '', uuid: 'u'.repeat(129), payload: 'a\0' }, { ...signal, payload: '\ud800' }]
  const issues = issuesOf(() => checkArguments.enqueue(batch))
  expect(issues.map(({ path }) => path)).toEqual([
    'signals[1].machineId',
    'signals[1].uuid',
    'signals[1].payload',
    'signals[2].payload',
  ])
  for (const issue of issues)
    expect(issue).toMatchObject({ value: expect.any(String), rule: expect.stringMatching(/^must be /) })
})

test('a refused payload is quoted by its first 200 characters only', () => {
  const [issue] = issuesOf(() => checkArguments.enqueue([{ ...signal, payload: `\0${'x'.repeat(10_000)}` }]))
  expect(String(issue?.value).length).toBe(200)
})

test('emoji and every other pair of surrogates are text like any other', () => {
  expect(pathsOf(() => checkArguments.enqueue([{ ...signal, machineId: '😀', payload: '😀' }]))).toEqual([])
})

describe('numbers', () => {
  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60])('a lease of %d ms is refused', (leaseMs) => {
    expect(pathsOf(() => checkArguments.lease({ leaseMs, maxSignals: 1 }))).toEqual(['leaseMs'])
    expect(pathsOf(() => checkArguments.extend(leaseMs))).toEqual(['leaseMs'])
    expect(pathsOf(() => checkArguments.state('k', undefined, { expiresInMs: leaseMs }))).toEqual(['expiresInMs'])
  })

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])(
    'a retry after %d ms is refused, one after 0 ms is not',
    (afterMs) => {
      expect(pathsOf(() => checkArguments.settle({ retry: { afterMs } }))).toEqual(['retry.afterMs'])
      expect(pathsOf(() => checkArguments.settle({ retry: { afterMs: 0 } }))).toEqual([])
    },
  )

  test.each([0, -1, 1.5, Number.NaN])('a page or a lease of %d is refused', (count) => {
    expect(pathsOf(() => checkArguments.page(count))).toEqual(['limit'])
    expect(pathsOf(() => checkArguments.lease({ leaseMs: 1, maxSignals: count }))).toEqual(['maxSignals'])
  })
})

test('what settle is told is checked before any of it is done', () => {
  const result = {
    sent: ['u', ''],
    rejected: [
      { uuid: 'u\0', reason: 'no' },
      { uuid: 'u', reason: '\udfff' },
    ],
  }
  expect(pathsOf(() => checkArguments.settle(result))).toEqual(['sent[1]', 'rejected[0].uuid', 'rejected[1].reason'])
})

test('a state value may have 16 MiB and not a byte more', () => {
  const largest = new Uint8Array(16 * 1_048_576)
  expect(pathsOf(() => checkArguments.state('k', largest, {}))).toEqual([])
  expect(pathsOf(() => checkArguments.state('k', new Uint8Array(largest.byteLength + 1), {}))).toEqual(['value'])
})
