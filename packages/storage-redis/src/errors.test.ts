import { StorageError } from '@cscapi/core'
import { describe, expect, test } from 'vitest'
import { toStorageError } from './errors.js'

function reply(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError', command: { name: 'auth', args: ['user', 'hunter2'] } })
}

describe('a server’s answer', () => {
  test.for([
    [
      "OOM command not allowed when used memory > 'maxmemory'. script: 12ab, on @user_script:3.",
      'storage_unavailable',
      'OOM',
    ],
    [
      "ERR Error running script (call to f_12ab): @user_script:3: -OOM command not allowed when used memory > 'maxmemory'.",
      'storage_unavailable',
      'OOM',
    ],
    [
      'MISCONF Redis is configured to save RDB snapshots, but it is unable to persist on disk.',
      'storage_unavailable',
      'MISCONF',
    ],
    ["READONLY You can't write against a read only replica.", 'storage_unavailable', 'READONLY'],
    ['NOREPLICAS Not enough good replicas to write.', 'storage_unavailable', 'NOREPLICAS'],
    ['CLUSTERDOWN The cluster is down', 'storage_unavailable', 'CLUSTERDOWN'],
    ['MASTERDOWN Link with MASTER is down', 'storage_unavailable', 'MASTERDOWN'],
    ['LOADING Redis is loading the dataset in memory', 'storage_busy', 'LOADING'],
    ['BUSY Redis is busy running a script.', 'storage_busy', 'BUSY'],
    ['TRYAGAIN Multiple keys request during rehashing of slot', 'storage_busy', 'TRYAGAIN'],
    ['MOVED 5061 127.0.0.1:7001', 'storage_failed', 'MOVED'],
    ['Too many Cluster redirections. Last error: ReplyError: MOVED 5061 127.0.0.1:7001', 'storage_busy', 'TRYAGAIN'],
    ['Too many Cluster redirections. Last error: ReplyError: ASK 5061 127.0.0.1:7001', 'storage_busy', 'TRYAGAIN'],
    ['Too many Cluster redirections. Last error: ReplyError: CLUSTERDOWN', 'storage_unavailable', 'CLUSTERDOWN'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'storage_failed', 'WRONGPASS'],
    ['NOAUTH Authentication required.', 'storage_failed', 'NOAUTH'],
    ["NOPERM User app has no permissions to run the 'evalsha' command", 'storage_failed', 'NOPERM'],
    ["CROSSSLOT Keys in request don't hash to the same slot", 'storage_failed', 'CROSSSLOT'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'storage_corrupt', 'WRONGTYPE'],
    ['ERR unknown command', 'storage_failed', 'ERR'],
  ] as const)('%s becomes %s', ([message, code, driverCode]) => {
    const error = toStorageError(reply(message), 'enqueue', undefined)
    expect(error).toBeInstanceOf(StorageError)
    expect(error).toMatchObject({
      code,
      driverCode,
      operation: 'enqueue',
      adapter: 'redis',
      retryable: code === 'storage_unavailable' || code === 'storage_busy',
    })
    expect(error.message).toContain('enqueue')
  })

  test('never brings the command’s arguments along', () => {
    const error = toStorageError(reply('WRONGPASS invalid username-password pair'), 'open', undefined)
    expect(JSON.stringify([error, error.cause, Object.entries(error.cause as Error)])).not.toContain('hunter2')
  })
})

test('where the driver only gave up, the reason is the last failure of the connection', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' })
  const error = toStorageError(new Error('Reached the max retries per request limit (which is 0).'), 'lease', refused)
  expect(error).toMatchObject({
    code: 'storage_unavailable',
    driverCode: 'ECONNREFUSED',
    message: expect.stringContaining('ECONNREFUSED'),
  })
})

test('a mistake in a program, ours or the caller’s, is not taken for a server that is away', () => {
  const error = toStorageError(new TypeError('signals is not iterable'), 'enqueue', undefined)
  expect(error).toMatchObject({ code: 'storage_failed', retryable: false })
})

test('an error of ours stays as it is', () => {
  const own = new StorageError('storage_conflict', 'There is no machine m', {
    adapter: 'redis',
    operation: 'updateMachine',
  })
  expect(toStorageError(own, 'updateMachine', undefined)).toBe(own)
})
