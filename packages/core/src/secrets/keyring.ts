import { createCipheriv, createDecipheriv, createHash, KeyObject, randomBytes, scrypt } from 'node:crypto'
import { CscapiError, InputError } from '@cscapi/signals'
import { stateKeys } from '../state/keys.js'
import type { StateStore } from '../state/state-store.js'
import { Secret } from './secret.js'

/**
 * 32 bytes (as a `KeyObject` too), or a passphrase of at least 12 characters, from which scrypt
 * makes them (N 32,768, r 8, p 1; the salt is kept in the store).
 */
export type EncryptionKey = Uint8Array | KeyObject | string | Secret

/**
 * Sealed text names its format and its key: `sealed:1:<key id>:<nonce, ciphertext and tag as
 * base64url>`. AES-256-GCM with a random nonce of 96 bits; what it belongs to is authenticated with
 * it.
 */
const SEALED = /^sealed:1:([0-9a-f]{8}):([A-Za-z0-9_-]+)$/
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32
const SCRYPT = { N: 32_768, r: 8, p: 1, maxmem: 64 * 1_048_576 }

/** Whether a stored text is sealed, by whatever key. */
export const isSealed = (text: unknown): boolean => typeof text === 'string' && text.startsWith('sealed:')

/** Seals with its first key, and opens what any of them has sealed. */
export class Keyring {
  readonly #keys: ReadonlyMap<string, Buffer>
  readonly #newest: string | undefined

  private constructor(keys: readonly Buffer[]) {
    const named = keys.map((key) => [idOf(key), key] as const)
    this.#keys = new Map(named)
    this.#newest = named[0]?.[0]
  }

  /**
   * Makes the keys, the newest first; without any, nothing is sealed. @throws InputError,
   * StorageError
   */
  static async make(state: StateStore, keys: readonly EncryptionKey[]): Promise<Keyring> {
    assertKeys(keys)
    return new Keyring(await Promise.all(keys.map((key) => toBytes(state, key))))
  }

  get canSeal(): boolean {
    return this.#newest !== undefined
  }

  /** Whether a text is sealed with the newest key, as everything should be. */
  isCurrent(text: string): boolean {
    return this.#newest === undefined || SEALED.exec(text)?.[1] === this.#newest
  }

  /**
   * `about` says what the text belongs to, e.g. a machine's password: elsewhere it does not open.
   */
  seal(text: string, about: string): string {
    const id = this.#newest
    const key = id === undefined ? undefined : this.#keys.get(id)
    if (key === undefined) return text
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(about))
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
    return `sealed:1:${id}:${sealed.toString('base64url')}`
  }

  /**
   * Text in clear is returned as it is.
   * @throws CscapiError `encryption_key_needed`, `wrong_encryption_key`, `sealed_text_damaged`
   */
  open(text: string, about: string): string {
    if (!isSealed(text)) return text
    if (this.#newest === undefined) {
      throw new CscapiError(
        'encryption_key_needed',
        `The ${about} is sealed in the store: give the client the encryptionKey that sealed it`,
      )
    }
    const [, id = '', payload = ''] = SEALED.exec(text) ?? []
    const key = this.#keys.get(id)
    if (key === undefined && id !== '') {
      const given = [...this.#keys.keys()].join(', ')
      const message = `The ${about} was sealed with the key ${id}, and the client was given ${given}; add that key as an older one`
      throw new CscapiError('wrong_encryption_key', message)
    }
    const opened = key && decrypt(Buffer.from(payload, 'base64url'), key, about)
    if (opened !== undefined) return opened
    throw new CscapiError(
      'sealed_text_damaged',
      `The sealed ${about} does not open: it was changed, or belongs elsewhere; restore a copy of the store`,
    )
  }
}

function decrypt(sealed: Buffer, key: Buffer, about: string): string | undefined {
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined
  const tag = sealed.subarray(-TAG_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES))
  decipher.setAAD(Buffer.from(about)).setAuthTag(tag)
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

/** @throws InputError that shows no key. */
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

/** Tells keys apart without telling anything of them. */
function idOf(key: Buffer): string {
  return createHash('sha256').update('cscapi key id').update(key).digest('hex').slice(0, 8)
}

async function toBytes(state: StateStore, key: EncryptionKey): Promise<Buffer> {
  if (key instanceof Uint8Array) return Buffer.from(key)
  if (key instanceof KeyObject) return key.export()
  const salt = await saltOf(state)
  return new Promise((resolve, reject) => {
    scrypt(Secret.reveal(key), salt, KEY_BYTES, SCRYPT, (error, bytes) => (error ? reject(error) : resolve(bytes)))
  })
}

/** Made once for a store, so that every process makes the same key. */
async function saltOf(state: StateStore): Promise<Uint8Array> {
  await state.setState(stateKeys.encryptionSalt, randomBytes(16), { ifVersion: 0 })
  const stored = await state.getState(stateKeys.encryptionSalt)
  if (stored === undefined)
    throw new CscapiError('lock_busy', 'The salt of the store was deleted meanwhile', { retryable: true })
  return stored.value
}
