import { assertKeys, type EncryptionKey, InputError, type InputIssue } from '@cscapi/core'
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

export function resolveEncryption(option: EncryptionOption | undefined): SealOptions {
  if (option === undefined) return { keys: [], requireSealed: false }
  if (typeof option !== 'object' || option instanceof Uint8Array || !('keys' in option)) {
    return { keys: [option], requireSealed: false }
  }
  return { keys: option.keys, requireSealed: option.requireSealed ?? false }
}

/** What is wrong with it, without showing a key. */
export function encryptionIssues(option: EncryptionOption | undefined): readonly InputIssue[] {
  try {
    const { keys } = resolveEncryption(option)
    if (option !== undefined && keys.length === 0) {
      return [{ path: 'encryptionKey.keys', value: '[]', rule: 'must hold at least one key' }]
    }
    assertKeys(keys)
    return []
  } catch (error) {
    if (error instanceof InputError) return error.issues
    throw error
  }
}
