import { IpNetwork, NetworkSet, PRIVATE_NETWORKS, parseAddress } from '@cscapi/signals'

const PRIVATE = new NetworkSet(PRIVATE_NETWORKS)

/** Says who can be an attacker. */
export class AddressCheck {
  readonly #ownNetworks: NetworkSet
  readonly #allowPrivate: boolean
  readonly #asked = new IpNetwork()

  constructor({ ownNetworks, allowPrivate }: { readonly ownNetworks: NetworkSet; readonly allowPrivate: boolean }) {
    this.#ownNetworks = ownNetworks
    this.#allowPrivate = allowPrivate
  }

  /** Gives the canonical text of a single address; `undefined` for everything else. */
  read(text: string): string | undefined {
    const address = parseAddress(text)
    return address?.scope === 'Ip' ? address.value : undefined
  }

  /** Says why nobody there can be an attacker; `undefined` where somebody can. */
  whyNobody(address: string): string | undefined {
    if (!this.#asked.read(address)) return undefined
    const own = this.#ownNetworks.find(this.#asked)
    if (own !== undefined) return `${address} is in your own network ${own}`
    const kind = this.#allowPrivate ? undefined : PRIVATE.find(this.#asked)
    return kind === undefined
      ? undefined
      : `${address} is ${kind}: no attacker comes from there, but a proxy in front may hide the real one`
  }
}
