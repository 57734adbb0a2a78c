import type { ResolvedOps } from '../options.js'
import { isOwnHost, isOwnOrigin } from './host.js'
import { addressOf, isLocal, networkOf, type PeerInfo } from './peer.js'
import { DerivedSecrets, isSame } from './secrets.js'
import { WrongTokens } from './wrong-tokens.js'

/** Why a request is not answered. */
export interface Refusal {
  readonly kind: 'refused'
  readonly status: 401 | 403 | 429
  readonly code: string
  readonly message: string
  readonly retryAfterMs?: number
}

/** How somebody got in, and until when, in epoch milliseconds. */
export interface Admission {
  readonly kind: 'admitted'
  readonly by: 'loopback' | 'header' | 'cookie'
  readonly until: number
}

/** The cookie of the login form. */
export const COOKIE = 'cscapi-ops'

/** Says who may come in: see docs/operations-page.md, Who gets in. */
export class Gate {
  readonly secrets: DerivedSecrets
  readonly #options: ResolvedOps
  readonly #now: () => number
  readonly #wrong = new WrongTokens()

  constructor(options: ResolvedOps, now: () => number) {
    this.#options = options
    this.#now = now
    this.secrets = new DerivedSecrets(options.token)
  }

  /** Who asks may see everything, or is told why not. */
  admit(headers: Headers, peer: PeerInfo | undefined): Admission | Refusal {
    return (
      this.checkHost(headers) ??
      (this.#options.token === undefined ? this.#local(headers, peer) : this.#known(headers, peer))
    )
  }

  /** Refuses a name that is none of ours. */
  checkHost(headers: Headers): Refusal | undefined {
    if (isOwnHost(headers.get('host'), this.#options.hosts)) return undefined
    return refusal(
      403,
      'unknown_host',
      'This server is not known by that name. Add it to `hosts`, or open the page by an address.',
    )
  }

  /** Refuses a change that a page of another site might have asked for. */
  checkChange(headers: Headers, { by }: Admission): Refusal | undefined {
    if (by === 'header') return undefined
    return isSame(headers.get('x-csrf-token') ?? '', this.secrets.csrf) ? this.checkOrigin(headers) : NOT_OF_THE_PAGE
  }

  /** Refuses what a page of another site sent. */
  checkOrigin(headers: Headers): Refusal | undefined {
    return isOwnOrigin(headers) ? undefined : NOT_OF_THE_PAGE
  }

  /** Looks at a token, unless too many of this network were wrong. */
  tryToken(given: string, peer: PeerInfo | undefined): Refusal | undefined {
    const now = this.#now()
    const network = networkOf(addressOf(peer))
    const retryAfterMs = this.#wrong.waitMs(network, now)
    if (retryAfterMs > 0) {
      return { ...refusal(429, 'too_many_attempts', 'Too many wrong tokens. Wait some minutes.'), retryAfterMs }
    }
    if (this.#options.token !== undefined && isSame(given, this.#options.token)) return undefined
    this.#wrong.note(network, now)
    return refusal(401, 'wrong_token', 'The token is wrong.')
  }

  #local(headers: Headers, peer: PeerInfo | undefined): Admission | Refusal {
    if (isLocal(headers, addressOf(peer))) return { kind: 'admitted', by: 'loopback', until: Number.POSITIVE_INFINITY }
    return refusal(
      403,
      'token_needed',
      'Without the option `token`, only who connects from this very host is answered.',
    )
  }

  #known(headers: Headers, peer: PeerInfo | undefined): Admission | Refusal {
    const bearer = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]
    if (bearer !== undefined) {
      return this.tryToken(bearer, peer) ?? { kind: 'admitted', by: 'header', until: Number.POSITIVE_INFINITY }
    }
    const until = this.secrets.sessionUntil(cookieOf(headers) ?? '', this.#now())
    if (until !== undefined) return { kind: 'admitted', by: 'cookie', until }
    return refusal(401, 'token_needed', 'A token is needed: as `Authorization: Bearer …`, or in the login form.')
  }
}

function refusal(status: Refusal['status'], code: string, message: string): Refusal {
  return { kind: 'refused', status, code, message }
}

const NOT_OF_THE_PAGE = refusal(403, 'csrf', 'The request does not come from the page. Reload it.')

function cookieOf(headers: Headers): string | undefined {
  const pairs = (headers.get('cookie') ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${COOKIE}=`))?.slice(COOKIE.length + 1)
}
