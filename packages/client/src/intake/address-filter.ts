import { IpNetwork, isAddressScope, NetworkSet, PRIVATE_NETWORKS, type Signal } from '@cscapi/signals'

/** Why a signal was left out on its way in. */
export type FilterReason =
  /** Its address belongs to no attacker on the Internet: private, loopback, link-local, … */
  | 'private_address'
  /** Its address lies in, or contains, a network of `neverReport`. */
  | 'never_report'
  /** Its like was added within the `dedup` window. */
  | 'repeated'

export interface FilterOptions {
  readonly allowPrivate: boolean
  readonly neverReport: readonly string[]
}

/** What a look at a signal's addresses shows. */
export interface Judgement {
  /**
   * Values that their scope calls an address and that are none: nobody can say whether they may
   * leave.
   */
  readonly unreadable: readonly { readonly path: string; readonly value: string }[]
  readonly refusal: Refusal | undefined
}

export interface Refusal {
  readonly reason: Exclude<FilterReason, 'repeated'>
  /** For people. */
  readonly detail: string
}

/**
 * Says which signals are not for CAPI, by the addresses that they accuse: their source's and those
 * of their decisions.
 */
export class AddressFilter {
  readonly #private: NetworkSet
  readonly #own: NetworkSet
  readonly #accused = new IpNetwork()

  constructor({ allowPrivate, neverReport }: FilterOptions) {
    this.#private = new NetworkSet(allowPrivate ? [] : PRIVATE_NETWORKS)
    this.#own = new NetworkSet(neverReport.map((network) => [network, network]))
  }

  judge(signal: Signal): Judgement {
    const unreadable: { path: string; value: string }[] = []
    let refusal: Refusal | undefined
    for (const { path, value, isAddress, isEnrichment } of claimsOf(signal)) {
      if (this.#accused.read(value)) refusal ??= this.#refusalOf(value, isEnrichment)
      else if (isAddress) unreadable.push({ path, value })
    }
    return { unreadable, refusal }
  }

  #refusalOf(value: string, isEnrichment: boolean): Refusal | undefined {
    const own = isEnrichment ? undefined : this.#own.find(this.#accused)
    if (own !== undefined) return { reason: 'never_report', detail: `${value} meets ${own} of neverReport` }
    const kind = this.#private.find(this.#accused)
    return kind === undefined ? undefined : { reason: 'private_address', detail: `${value} is ${kind}` }
  }
}

interface Claim {
  readonly path: string
  readonly value: string
  /** Its scope says so. Other values, a user name for example, may happen to read as one. */
  readonly isAddress: boolean
  /** The network that somebody found around the attacker: it may well hold yours, too. */
  readonly isEnrichment: boolean
}

function* claimsOf({ source, decisions = [] }: Signal): Generator<Claim> {
  const { scope, value, ip = '', range = '' } = source
  yield { path: 'source.value', value, isAddress: isAddressScope(scope), isEnrichment: false }
  if (ip !== '' && ip !== value) yield { path: 'source.ip', value: ip, isAddress: true, isEnrichment: false }
  if (range !== '' && range !== value) yield { path: 'source.range', value: range, isAddress: true, isEnrichment: true }
  for (const [index, decision] of decisions.entries()) {
    if (decision.value === value) continue
    const isAddress = isAddressScope(decision.scope)
    yield { path: `decisions[${index}].value`, value: decision.value, isAddress, isEnrichment: false }
  }
}
