import { describe, expect, test } from 'vitest'
import { summarise } from './ci-summary.mjs'

const file = (name, tests, status = 'passed') => ({
  name,
  status,
  message: 'Cannot find module',
  assertionResults: tests.map(([fullName, status]) => ({ fullName, status })),
})

describe('the summary of a CI run', () => {
  test('counts the tests that passed', () => {
    const report = {
      testResults: [
        file('a.test.ts', [
          ['one', 'passed'],
          ['two', 'passed'],
        ]),
      ],
    }
    expect(summarise({ test: report }, [])).toEqual({ passed: 2, problems: [] })
  })

  test('names each failed test once', () => {
    const report = {
      testResults: [
        file(
          'a.test.ts',
          [
            ['one', 'passed'],
            ['two', 'failed'],
          ],
          'failed',
        ),
      ],
    }
    expect(summarise({ test: report }, [])).toEqual({ passed: 1, problems: ['failed: two (a.test.ts)'] })
  })

  test.each(['pending', 'skipped', 'todo', 'disabled'])(
    'counts a test that is %s as a failure and names it',
    (status) => {
      const report = {
        testResults: [
          file('a.test.ts', [
            ['one', 'passed'],
            ['two', status],
          ]),
        ],
      }
      expect(summarise({ test: report }, []).problems).toEqual(['skipped: two (a.test.ts)'])
    },
  )

  test('counts a file that could not be loaded, which has no tests to count', () => {
    const report = { testResults: [file('a.test.ts', [['one', 'passed']]), file('b.test.ts', [], 'failed')] }
    expect(summarise({ test: report }, []).problems).toEqual(['failed: b.test.ts did not run: Cannot find module'])
  })

  test('counts each failed step', () => {
    const report = { testResults: [file('a.test.ts', [['one', 'passed']])] }
    expect(summarise({ test: report }, ['lint', 'types'])).toEqual({
      passed: 1,
      problems: ['failed: step lint', 'failed: step types'],
    })
  })

  test('counts the test step only when no test explains why it failed', () => {
    const good = { testResults: [file('a.test.ts', [['one', 'passed']])] }
    expect(summarise({ test: good }, ['test']).problems).toEqual(['failed: step test'])
    const bad = {
      testResults: [file('a.test.ts', [['one', 'failed']], 'failed'), file('b.test.ts', [['two', 'passed']])],
    }
    expect(summarise({ test: bad }, ['test']).problems).toEqual(['failed: one (a.test.ts)'])
  })

  test('is a failure when no test ran', () => {
    const nothing = { testResults: [] }
    expect(summarise({ test: nothing }, ['test'])).toEqual({
      passed: 0,
      problems: ['failed: no test of step test passed'],
    })
  })

  test('counts the tests of every step that has some, and misses a step whose tests did not run', () => {
    const one = { testResults: [file('a.test.ts', [['one', 'passed']])] }
    const two = {
      testResults: [
        file(
          'b.long.test.ts',
          [
            ['two', 'passed'],
            ['three', 'failed'],
          ],
          'failed',
        ),
      ],
    }
    expect(summarise({ test: one, 'test-long': two }, ['test-long'])).toEqual({
      passed: 2,
      problems: ['failed: three (b.long.test.ts)'],
    })
    expect(summarise({ test: one, 'test-long': { testResults: [] } }, [])).toEqual({
      passed: 1,
      problems: ['failed: no test of step test-long passed'],
    })
  })
})
