import { isCscapiError, StorageError } from '@cscapi/core'
import { codeOf, isReply, MEANINGS } from './server-codes.js'

/**
 * Keeps of an error the words and the code alone: the driver hangs commands, addresses and TLS
 * options on it. A server that does not know a command repeats its arguments, the password too.
 */
function causeOf({ message }: Error, code: string | undefined, secrets: readonly string[]): Error {
  const words = message.replace(/,? with args beginning with:.*/s, '')
  const clean = secrets.reduce((text, secret) => text.replaceAll(secret, '[redacted]'), words)
  return Object.assign(new Error(clean.slice(0, 500)), code === undefined ? {} : { code })
}

/**
 * Gives whatever a call threw its type. ioredis hangs the command with all its arguments on its
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
 * Says that the server was too slow: what was begun in the name of an intent may have been replayed
 * by others, so it is not gone on with.
 */
export function tookTooLong(operation: string): StorageError {
  const message = `Redis was so slow that ${operation} was given up half-way; repeating it is safe`
  return new StorageError('storage_busy', message, { adapter: 'redis', operation })
}

/** Says that no answer came in time. Nobody knows whether the server did it; repeating is safe. */
export function timedOut(ms: number): StorageError {
  return new StorageError('storage_unavailable', `Redis did not answer within ${ms} ms (commandTimeoutMs)`, {
    adapter: 'redis',
    operation: 'command',
    driverCode: 'ETIMEDOUT',
  })
}

/** Says that the master has it and its replicas do not, as far as they said in time. */
export function notReplicated(confirmed: number, wanted: number, ms: number): StorageError {
  const message = `The signals are stored, but ${confirmed} of ${wanted} replicas confirmed them within ${ms} ms (waitForReplicas); repeating is safe`
  return new StorageError('storage_unavailable', message, {
    adapter: 'redis',
    operation: 'enqueue',
    driverCode: 'WAIT',
  })
}
