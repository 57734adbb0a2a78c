import { createSecretKey } from 'node:crypto'
import { assertKeys, type EncryptionKey, InputError, type InputIssue, Secret } from '@cscapi/core'
import type { SealOptions } from './sealed-storage.js'

/** What seals passwords and tokens in the store: one key, or several while they are rotated. */
export type EncryptionOption =
  | EncryptionKey
  | {
      /** The newest first: it seals, and all of them open. */
      readonly keys: readonly EncryptionKey[]
      /** Refuse machines that are stored in clear. Default false: they are sealed at their next write. */
      readonly requireSealed?: boolean
    }

/** In a form that shows no key. */
export function resolveEncryption(option: EncryptionOption | undefined): SealOptions {
  const { keys, requireSealed } = read(option)
  return { keys: keys.map(hidden), requireSealed }
}

/** What is wrong with it, without showing a key. */
export function encryptionIssues(option: EncryptionOption | undefined): readonly InputIssue[] {
  const { keys, requireSealed } = read(option)
  if (!Array.isArray(keys) || (option !== undefined && keys.length === 0)) {
    return [{ path: 'encryptionKey.keys', value: '[redacted]', rule: 'must hold at least one key' }]
  }
  const issues: InputIssue[] = []
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
  if (typeof option !== 'object' || option === null || option instanceof Uint8Array || !('keys' in option)) {
    return { keys: [option], requireSealed: false }
  }
  return { keys: option.keys, requireSealed: option.requireSealed ?? false }
}

function hidden(key: EncryptionKey): EncryptionKey {
  if (key instanceof Uint8Array) return createSecretKey(key)
  return typeof key === 'string' ? new Secret(key) : key
}
