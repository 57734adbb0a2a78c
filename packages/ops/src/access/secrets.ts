import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const SESSION_MS = 12 * 3_600_000

/** Compares in a time that says nothing of where two texts differ, nor of how long one is. */
export function isSame(given: string, expected: string): boolean {
  const key = COMPARING
  const digest = (text: string) => createHmac('sha256', key).update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
const COMPARING = randomBytes(32)

/**
 * What is given in place of the token: sessions, which run out after 12 hours and outlive a
 * restart, and the word that a page has to repeat to change something. Neither leads back to the
 * token.
 */
export class DerivedSecrets {
  readonly #key: string | Buffer

  /** Without a token, another one each time. */
  constructor(token: string | undefined) {
    this.#key = token ?? randomBytes(32)
  }

  /**
   * What a request that changes something has to bring, which a page of another site cannot read.
   */
  get csrf(): string {
    return this.#sign('csrf')
  }

  /** Makes a session that begins now. */
  newSession(now: number): { readonly value: string; readonly maxAgeSeconds: number } {
    const claims = `${now + SESSION_MS}.${randomBytes(12).toString('base64url')}`
    return { value: `${claims}.${this.#sign(`session:${claims}`)}`, maxAgeSeconds: SESSION_MS / 1_000 }
  }

  /** Says until when a session is good, in epoch milliseconds; `undefined` for what is none. */
  sessionUntil(value: string, now: number): number | undefined {
    const [, claims = '', until = '', signature = ''] = /^((\d{1,15})\.[\w-]{16})\.([\w-]{43})$/.exec(value) ?? []
    const isGood = isSame(signature, this.#sign(`session:${claims}`)) && Number(until) > now
    return isGood ? Number(until) : undefined
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#key).update(`cscapi-ops:${text}`).digest('base64url')
  }
}
