import { isCscapiError, StorageError, type StorageErrorCode } from '@cscapi/core'

interface Meaning {
  readonly code: StorageErrorCode
  readonly advice: string
}

/** What Redis's error codes mean for a caller, and what to do. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  Object.entries<Meaning>({
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
      advice:
        'this server is a read-only replica; connect to the master (after a failover the connection is made anew)',
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
    DBINDEX: {
      code: 'storage_failed',
      advice: 'the server has fewer databases than that (see databases in its redis.conf): choose a lower number',
    },
    SUBSCRIBER: {
      code: 'storage_failed',
      advice:
        'the client that was handed in has subscribed to channels, and takes no other commands: hand in another one',
    },
  }),
)

const CODE = new RegExp(`\\b(${[...MEANINGS.keys()].join('|')})\\b`)

/** What has no code of its own, neither the server's nor the driver's. */
const WORDED: readonly [RegExp, string][] = [
  // A cluster's driver was sent to and fro until it gave up: a slot is on its way, and no address
  // is wrong.
  [/^Too many Cluster redirections.*\b(MOVED|ASK) \d/, 'TRYAGAIN'],
  [/\bDB index is out of range|\binvalid DB index/, 'DBINDEX'],
  [/^Connection in subscriber mode/, 'SUBSCRIBER'],
]

const wordedCode = ({ message }: Error) => WORDED.find(([pattern]) => pattern.test(message))?.[1]

function isReply(error: Error): boolean {
  return CODE.test(error.message) || wordedCode(error) !== undefined || error.name === 'ReplyError'
}

function codeOf(error: Error): string | undefined {
  if ('code' in error && typeof error.code === 'string') return error.code
  const worded = wordedCode(error)
  if (worded !== undefined) return worded
  return CODE.exec(error.message)?.[1] ?? (error.name === 'ReplyError' ? error.message.split(' ', 1)[0] : undefined)
}

/**
 * The driver hangs commands, addresses and TLS options on its errors: only its words and its code
 * go on. A server that does not know a command repeats its arguments, the password too.
 */
function causeOf({ message }: Error, code: string | undefined, secrets: readonly string[]): Error {
  const words = message.replace(/,? with args beginning with:.*/s, '')
  const clean = secrets.reduce((text, secret) => text.replaceAll(secret, '[redacted]'), words)
  return Object.assign(new Error(clean.slice(0, 500)), code === undefined ? {} : { code })
}

/**
 * The typed form of whatever a call threw. ioredis hangs the command with all its arguments on its
 * errors, passwords and payloads too, so the cause is a fresh error with the server's words only.
 * `lastConnectionError` says why there is no connection, where the driver says only that it gave
 * up; `secrets` are not shown.
 */
export function toStorageError(
  error: unknown,
  operation: string,
  lastConnectionError: Error | undefined,
  secrets: readonly string[] = [],
): Error {
  if (isCscapiError(error)) return error
  const thrown = error instanceof Error ? error : new Error(String(error))
  const source = isReply(thrown) ? thrown : (lastConnectionError ?? thrown)
  if (thrown instanceof TypeError || thrown instanceof RangeError || thrown instanceof SyntaxError) {
    const cause = causeOf(thrown, undefined, secrets)
    return new StorageError(
      'storage_failed',
      `${operation} failed: ${cause.message}`,
      { adapter: 'redis', operation },
      { cause },
    )
  }
  const driverCode = codeOf(source)
  const meaning = MEANINGS.get(driverCode ?? '')
  const cause = causeOf(source, driverCode, secrets)
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

/**
 * The server was too slow: what was begun in the name of an intent may have been replayed by
 * others, so it is not gone on with.
 */
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
