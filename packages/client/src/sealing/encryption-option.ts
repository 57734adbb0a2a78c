import { createSecretKey } from 'node:crypto'
import { assertKeys, type EncryptionKey, InputError, type InputIssue, Secret } from '@cscapi/core'
import { unknownKeyIssues } from '@cscapi/signals'
import type { SealOptions } from './machine-seals.js'

/** What seals passwords and tokens in the store: one key, or several while they are rotated. */
export type EncryptionOption =
  | EncryptionKey
  | {
      /** The newest first: it seals, and all of them open. */
      readonly keys: readonly EncryptionKey[]
      /**
       * Refuse machines that are stored in clear. Default false: they are sealed at their next
       * write.
       */
      readonly requireSealed?: boolean
    }

/** Reads the option into a form that shows no key. */
export function resolveEncryption(option: EncryptionOption | undefined): SealOptions {
  const { keys, requireSealed } = read(option)
  return { keys: keys.map(hidden), requireSealed }
}

/** Says what is wrong with it, without showing a key. */
export function encryptionIssues(option: EncryptionOption | undefined): readonly InputIssue[] {
  if (option === null) return [{ path: 'encryptionKey', value: 'null', rule: 'must be 32 bytes or a passphrase' }]
  const { keys, requireSealed } = read(option)
  if (!Array.isArray(keys) || (option !== undefined && keys.length === 0)) {
    return [{ path: 'encryptionKey.keys', value: '[redacted]', rule: 'must hold at least one key' }]
  }
  const issues: InputIssue[] = isKeyRing(option) ? unknownKeyIssues(option, KEYS, { path: 'encryptionKey' }) : []
  if (typeof requireSealed !== 'boolean') {
    issues.push({ path: 'encryptionKey.requireSealed', value: typeof requireSealed, rule: 'must be true or false' })
  }
  try {
    assertKeys(keys)
    return issues
  } catch (error) {
    if (error instanceof InputError) return [...issues, ...error.issues]
    throw error
  }
}

function read(option: EncryptionOption | undefined): SealOptions {
  if (option === undefined) return { keys: [], requireSealed: false }
  return isKeyRing(option)
    ? { keys: option.keys, requireSealed: option.requireSealed ?? false }
    : { keys: [option], requireSealed: false }
}

const KEYS = ['keys', 'requireSealed']

type KeyRing = Exclude<EncryptionOption, EncryptionKey>

function isKeyRing(option: EncryptionOption | undefined): option is KeyRing {
  return typeof option === 'object' && option !== null && !(option instanceof Uint8Array) && 'keys' in option
}

function hidden(key: EncryptionKey): EncryptionKey {
  if (key instanceof Uint8Array) return createSecretKey(key)
  return typeof key === 'string' ? new Secret(key) : key
}
