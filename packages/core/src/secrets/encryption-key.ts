import { KeyObject, randomBytes, scrypt } from 'node:crypto'
import { CscapiError, InputError } from '@cscapi/signals'
import { stateKeys } from '../state/keys.js'
import type { StateStore } from '../state/state-store.js'
import { Secret } from './secret.js'

/**
 * 32 bytes (as a `KeyObject` too), or a passphrase of at least 12 characters, from which scrypt
 * makes them (N 32,768, r 8, p 1; the salt is kept in the store).
 */
export type EncryptionKey = Uint8Array | KeyObject | string | Secret

const KEY_BYTES = 32
const SCRYPT = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1_048_576 }

/**
 * Lets keys pass that can be used.
 *
 * @throws InputError that shows no key.
 */
export function assertKeys(keys: readonly EncryptionKey[]): void {
  const given: readonly unknown[] = keys
  if (!Array.isArray(keys)) {
    throw new InputError('The store cannot be sealed', [
      { path: 'encryptionKey', value: '[redacted]', rule: 'must be a list of keys' },
    ])
  }
  const issues = given.flatMap((key, index) => {
    const rule = ruleOf(key)
    return rule === undefined ? [] : [{ path: `encryptionKey[${index}]`, value: '[redacted]', rule }]
  })
  if (issues.length > 0) throw new InputError('The store cannot be sealed', issues)
}

function ruleOf(key: unknown): string | undefined {
  if (key instanceof Uint8Array) return key.length === KEY_BYTES ? undefined : 'must be 32 bytes'
  if (key instanceof KeyObject) return key.symmetricKeySize === KEY_BYTES ? undefined : 'must be 32 bytes'
  if (typeof key !== 'string' && !(key instanceof Secret)) return 'must be 32 bytes or a passphrase'
  return Secret.reveal(key).length >= 12 ? undefined : 'must be a passphrase of at least 12 characters'
}

/** Makes the bytes of a key. */
export async function keyBytes(state: StateStore, key: EncryptionKey): Promise<Buffer> {
  if (key instanceof Uint8Array) return Buffer.from(key)
  if (key instanceof KeyObject) return key.export()
  const salt = await saltOf(state)
  return new Promise((resolve, reject) => {
    scrypt(Secret.reveal(key), salt, KEY_BYTES, SCRYPT, (error, bytes) => (error ? reject(error) : resolve(bytes)))
  })
}

/** Reads the salt of a store. It is made once, so that every process makes the same key. */
async function saltOf(state: StateStore): Promise<Uint8Array> {
  const read = () => state.getState(stateKeys.encryptionSalt)
  // Read first: a store that has one may be one that nobody may write.
  let stored = await read()
  if (stored === undefined) {
    await state.setState(stateKeys.encryptionSalt, randomBytes(16), { ifVersion: 0 })
    stored = await read()
  }
  if (stored === undefined)
    throw new CscapiError('lock_busy', 'The salt of the store was deleted meanwhile', { retryable: true })
  return stored.value
}
