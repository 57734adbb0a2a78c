import { MemoryStorage } from '@cscapi/storage'
import { describe, expect, test } from 'vitest'
import { CapiClient, type CapiClientOptions, InputError } from './index.js'

const good: CapiClientOptions = {
  storage: new MemoryStorage(),
  scenarios: ['crowdsecurity/ssh-bf'],
  environment: 'development',
}

function issuesFor(options: Record<string, unknown>) {
  try {
    new CapiClient({ ...good, ...options } as CapiClientOptions)
  } catch (error) {
    if (error instanceof InputError) return error.issues
    throw error
  }
  return []
}

describe('the options of CapiClient', () => {
  test('storage, scenarios and environment are enough', () => {
    expect(issuesFor({})).toEqual([])
  })

  test('every wrong option is named at once, with its value and the rule', () => {
    const issues = issuesFor({ scenarios: [], timeoutMs: -1, batchSize: 1.5, storage: {} })
    expect(issues.map(({ path }) => path).sort()).toEqual(['batchSize', 'scenarios', 'storage', 'timeoutMs'])
    expect(issues.find(({ path }) => path === 'timeoutMs')).toMatchObject({ value: '-1' })
  })

  test('a lease shorter than two timeouts is refused, since another worker could take over in the middle of a call', () => {
    expect(issuesFor({ timeoutMs: 30_000, leaseMs: 59_999 })).toMatchObject([{ path: 'leaseMs', value: '59999' }])
    expect(issuesFor({ timeoutMs: 30_000, leaseMs: 60_000 })).toEqual([])
  })

  test('the environment has no default', () => {
    expect(issuesFor({ environment: undefined })).toMatchObject([{ path: 'environment' }])
    expect(issuesFor({ environment: 'prod' })).toMatchObject([
      { path: 'environment', value: expect.stringContaining('prod') },
    ])
  })
})
