import { type Family, IpNetwork } from '@cscapi/signals'
import { NetworkTable } from '../tables/network-table.js'

const PROXY = new IpNetwork()

/** The rule that a proxy breaks, if it does. */
export function trustedProxyRule(proxy: unknown): string | undefined {
  if (proxy === 'unix') return undefined
  if (!PROXY.read(proxy)) return "must be an address, a CIDR range or 'unix'"
  return PROXY.prefix === 0 ? 'must not be everybody: any client could name any address then' : undefined
}

/** Who is believed about the client. */
export class TrustedProxies {
  readonly #v4 = new NetworkTable(4, false)
  readonly #v6 = new NetworkTable(6, false)
  /** Whether one that connects through a Unix socket is. */
  unix = false

  /** Of a proxy that breaks no {@link trustedProxyRule}. */
  add(proxy: string): void {
    if (proxy === 'unix') {
      this.unix = true
      return
    }
    if (PROXY.read(proxy)) this.#table(PROXY.family).set(PROXY)
  }

  has(address: string): boolean {
    if (!PROXY.readAddress(address)) return false
    const table = this.#table(PROXY.family)
    return table.lengths.some((prefix) => table.find(PROXY.words, prefix) !== -1)
  }

  #table(family: Family): NetworkTable {
    return family === 4 ? this.#v4 : this.#v6
  }
}
