import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { CscapiError } from '@cscapi/signals'
import type { StateStore } from '../state/state-store.js'
import { assertKeys, type EncryptionKey, keyBytes } from './encryption-key.js'

/**
 * Sealed text names its format and its key: `sealed:1:<key id>:<nonce, ciphertext and tag as
 * base64url>`. AES-256-GCM with a random nonce of 96 bits; what it belongs to is authenticated with
 * it.
 */
const SEALED = /^sealed:1:([0-9a-f]{8}):([A-Za-z0-9_-]+)$/
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** Tells whether a stored text is sealed, by whatever key. */
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
   * Makes the keys, the newest first; without any, nothing is sealed.
   *
   * @throws InputError, StorageError
   */
  static async make(state: StateStore, keys: readonly EncryptionKey[]): Promise<Keyring> {
    assertKeys(keys)
    return new Keyring(await Promise.all(keys.map((key) => keyBytes(state, key))))
  }

  /** Whether there is a key to seal with. */
  get canSeal(): boolean {
    return this.#newest !== undefined
  }

  /** Tells whether a text is sealed with the newest key, as everything should be. */
  isCurrent(text: string): boolean {
    return this.#newest === undefined || SEALED.exec(text)?.[1] === this.#newest
  }

  /**
   * Seals a text. `about` says what it belongs to, e.g. a machine's password: elsewhere it does not
   * open.
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
   * Opens a sealed text; one in clear is returned as it is.
   *
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

/** Tells keys apart without telling anything of them. */
function idOf(key: Buffer): string {
  return createHash('sha256').update('cscapi key id').update(key).digest('hex').slice(0, 8)
}
