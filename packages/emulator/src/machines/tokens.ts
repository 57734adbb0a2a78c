import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'

export interface IssuedToken {
  readonly token: string
  /** RFC 3339, UTC. */
  readonly expire: string
}

export type TokenCheck =
  | { readonly state: 'valid' | 'expired'; readonly machineId: string; readonly serial: number }
  | { readonly state: 'unknown' }

const claimsSchema = z.object({ sub: z.string(), exp: z.number(), jti: z.string() })
const HEADER = encode({ alg: 'HS256', typ: 'JWT' })

/**
 * Issues and checks real JWTs, signed with a key of this emulator's own: no other emulator's tokens
 * pass.
 */
export class Tokens {
  readonly #key = randomBytes(32)
  readonly #now: () => number
  readonly #lifetimeMs: number
  #issued = 0

  constructor(now: () => number, lifetimeMs: number) {
    this.#now = now
    this.#lifetimeMs = lifetimeMs
  }

  /** Serial of the newest token. */
  get issued(): number {
    return this.#issued
  }

  issue(machineId: string, extraClaims: Readonly<Record<string, unknown>>): IssuedToken {
    this.#issued += 1
    const iat = Math.floor(this.#now() / 1000)
    const exp = iat + Math.ceil(this.#lifetimeMs / 1000)
    const claims = {
      sub: machineId,
      'cognito:username': machineId,
      iat,
      exp,
      jti: String(this.#issued),
      ...extraClaims,
    }
    const content = `${HEADER}.${encode(claims)}`
    return { token: `${content}.${this.#sign(content)}`, expire: `${new Date(exp * 1000).toISOString().slice(0, 19)}Z` }
  }

  /**
   * `header` is the value of `Authorization`: a bare token or `Bearer` and a token
   * (docs/capi-protocol.md, Headers).
   */
  check(header: string | undefined): TokenCheck {
    const [head, claims, signature, ...rest] = (header ?? '').replace(/^Bearer\s+/i, '').split('.')
    if (head === undefined || claims === undefined || signature === undefined || rest.length > 0)
      return { state: 'unknown' }
    const expected = Buffer.from(this.#sign(`${head}.${claims}`))
    const given = Buffer.from(signature)
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return { state: 'unknown' }
    const { sub, exp, jti } = claimsSchema.parse(JSON.parse(Buffer.from(claims, 'base64url').toString()))
    return { state: exp * 1000 <= this.#now() ? 'expired' : 'valid', machineId: sub, serial: Number(jti) }
  }

  #sign(content: string): string {
    return createHmac('sha256', this.#key).update(content).digest('base64url')
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
