import { forbidden, Refusal } from '../http/answers.js'
import type { Attempts } from '../http/attempts.js'
import type { Connection } from '../http/connection.js'
import type { KeyRing } from './bouncer-keys.js'
import { hashOf } from './key-hash.js'

/** One that asks for decisions. */
export interface Bouncer {
  readonly name: string
  /** Where it asks from. */
  readonly address: string
  readonly userAgent: string
}

export interface BouncerGate {
  readonly keys: KeyRing
  readonly attempts: Attempts
  readonly certificateUnits: readonly string[]
}

const MOST_KNOWN = 10_000

/** Lets bouncers in by their certificate or key. */
export class BouncerDoor {
  readonly #gate: BouncerGate
  /** Those that were right from an address: others that are wrong there do not lock them out. */
  readonly #seen = new Set<string>()

  constructor(gate: BouncerGate) {
    this.#gate = gate
  }

  /** @throws Refusal: access forbidden, whatever the reason */
  async enter(request: Request, connection: Connection, address: string): Promise<Bouncer> {
    const userAgent = (request.headers.get('user-agent') ?? '').slice(0, 256)
    const { certificate } = connection
    if (certificate?.units.some((unit) => this.#gate.certificateUnits.includes(unit)))
      return { name: `${certificate.name}@${address}`, address, userAgent }
    const key = request.headers.get('x-api-key') ?? ''
    if (key === '' || key.length > 1_024) throw new Refusal(forbidden())
    const seen = `${address} ${hashOf(key)}`
    const { keys, attempts } = this.#gate
    if (attempts.isOver(address) && !this.#seen.has(seen)) throw new Refusal(forbidden())
    const found = await keys.find(key)
    if (found === undefined) {
      this.#seen.delete(seen)
      attempts.addWrong(address)
      throw new Refusal(forbidden())
    }
    if (this.#seen.size >= MOST_KNOWN) this.#seen.clear()
    this.#seen.add(seen)
    return { name: found.name, address, userAgent }
  }
}
