import { isCscapiError, StorageError, type StorageErrorCode } from '@cscapi/core'

interface Meaning {
  readonly code: StorageErrorCode
  readonly advice: string
}

/** What Redis's error codes mean for a caller, and what to do. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  OOM: {
    code: 'storage_unavailable',
    advice:
      'the server is at maxmemory and takes nothing more until signals are sent or deleted, or maxmemory is raised',
  },
  MISCONF: {
    code: 'storage_unavailable',
    advice: 'the server cannot write to its disk and refuses writes until it can',
  },
  READONLY: {
    code: 'storage_unavailable',
    advice: 'this server is a read-only replica; connect to the master (after a failover the connection is made anew)',
  },
  NOREPLICAS: {
    code: 'storage_unavailable',
    advice: 'the server wants more replicas in step than there are (min-replicas-to-write)',
  },
  CLUSTERDOWN: { code: 'storage_unavailable', advice: 'the cluster does not serve all slots at present' },
  MASTERDOWN: { code: 'storage_unavailable', advice: 'the replica has lost its master' },
  LOADING: { code: 'storage_busy', advice: 'the server is loading its data from disk' },
  BUSY: { code: 'storage_busy', advice: 'the server is running somebody’s long script' },
  TRYAGAIN: { code: 'storage_busy', advice: 'the cluster is moving the slot to another node' },
  WRONGPASS: { code: 'storage_failed', advice: 'the server refused user name or password' },
  NOAUTH: { code: 'storage_failed', advice: 'the server asks for a password: put it into the URL' },
  NOPERM: {
    code: 'storage_failed',
    advice: 'the user lacks a right: it needs ~NAMESPACE:* and the commands that the README lists',
  },
  MOVED: {
    code: 'storage_failed',
    advice: 'the server is a node of a Redis Cluster: give its address as nodes, or hand in a Cluster client',
  },
  CROSSSLOT: {
    code: 'storage_failed',
    advice: 'keys of different slots met in one script; a proxy or keyPrefix may have renamed them',
  },
  WRONGTYPE: {
    code: 'storage_corrupt',
    advice: 'a key of the namespace holds something else: choose a namespace of your own',
  },
}

const CODE = new RegExp(`\\b(${Object.keys(MEANINGS).join('|')})\\b`)

/** A cluster's driver was sent to and fro until it gave up: a slot is on its way, and no address is wrong. */
const GAVE_UP = /^Too many Cluster redirections.*\b(MOVED|ASK) \d/

function isReply(error: Error): boolean {
  return CODE.test(error.message) || GAVE_UP.test(error.message) || error.name === 'ReplyError'
}

function codeOf(error: Error): string | undefined {
  if ('code' in error && typeof error.code === 'string') return error.code
  if (GAVE_UP.test(error.message)) return 'TRYAGAIN'
  return CODE.exec(error.message)?.[1] ?? (error.name === 'ReplyError' ? error.message.split(' ', 1)[0] : undefined)
}

/**
 * The typed form of whatever a call threw. ioredis hangs the command with all its arguments on its errors, passwords and payloads too, so the cause is a fresh
 * error with the server's words only. `lastConnectionError` says why there is no connection, where the driver says only that it gave up.
 */
export function toStorageError(error: unknown, operation: string, lastConnectionError: Error | undefined): Error {
  if (isCscapiError(error)) return error
  const thrown = error instanceof Error ? error : new Error(String(error))
  const source = isReply(thrown) ? thrown : (lastConnectionError ?? thrown)
  if (thrown instanceof TypeError || thrown instanceof RangeError || thrown instanceof SyntaxError) {
    return new StorageError(
      'storage_failed',
      `${operation} failed: ${thrown.message}`,
      { adapter: 'redis', operation },
      { cause: thrown },
    )
  }
  const driverCode = codeOf(source)
  const meaning = driverCode === undefined ? undefined : MEANINGS[driverCode]
  const cause = new Error(source.message.slice(0, 500))
  const details = { adapter: 'redis', operation, driverCode }
  if (meaning !== undefined)
    return new StorageError(meaning.code, `Redis refused ${operation}: ${meaning.advice}`, details, { cause })
  if (isReply(source))
    return new StorageError('storage_failed', `Redis refused ${operation}: ${cause.message}`, details, { cause })
  return new StorageError(
    'storage_unavailable',
    `Redis could not be reached for ${operation}: ${cause.message}`,
    details,
    { cause },
  )
}

/** The server was too slow: what was begun in the name of an intent may have been replayed by others, so it is not gone on with. */
export function tookTooLong(operation: string): StorageError {
  const message = `Redis was so slow that ${operation} was given up half-way; repeating it is safe`
  return new StorageError('storage_busy', message, { adapter: 'redis', operation })
}

/** No answer in time. Whether the server did the work nobody knows; repeating is safe. */
export function timedOut(ms: number): StorageError {
  return new StorageError('storage_unavailable', `Redis did not answer within ${ms} ms (commandTimeoutMs)`, {
    adapter: 'redis',
    operation: 'command',
    driverCode: 'ETIMEDOUT',
  })
}

/** The master has it, its replicas do not, as far as they said in time. */
export function notReplicated(confirmed: number, wanted: number, ms: number): StorageError {
  const message = `The signals are stored, but ${confirmed} of ${wanted} replicas confirmed them within ${ms} ms (waitForReplicas); repeating is safe`
  return new StorageError('storage_unavailable', message, {
    adapter: 'redis',
    operation: 'enqueue',
    driverCode: 'WAIT',
  })
}
