import { type Family, parseIp, parseNetwork } from '../parse-ip.js'
import { NetworkTable } from '../tables/network-table.js'

const WORDS = new Uint32Array(4)

/** The rule that a proxy breaks, if it does. */
export function trustedProxyRule(proxy: unknown): string | undefined {
  if (proxy === 'unix') return undefined
  const prefix = typeof proxy === 'string' ? parseNetwork(proxy, WORDS, { value: 0 }) : -1
  if (prefix === -1) return "must be an address, a CIDR range or 'unix'"
  return prefix === 0 ? 'must not be everybody: any client could name any address then' : undefined
}

/** Who is believed about the client. */
export class TrustedProxies {
  readonly #v4 = new NetworkTable(4, false)
  readonly #v6 = new NetworkTable(6, false)
  readonly #words = new Uint32Array(4)
  /** Whether one that connects through a Unix socket is. */
  unix = false

  /** Of a proxy that breaks no {@link trustedProxyRule}. */
  add(proxy: string): void {
    if (proxy === 'unix') {
      this.unix = true
      return
    }
    const family: { value: Family } = { value: 0 }
    const prefix = parseNetwork(proxy, this.#words, family)
    this.#table(family.value).set(this.#words, prefix)
  }

  has(address: string): boolean {
    const table = this.#table(parseIp(address, this.#words))
    return table.lengths.some((prefix) => table.find(this.#words, prefix) !== -1)
  }

  #table(family: Family): NetworkTable {
    return family === 4 ? this.#v4 : this.#v6
  }
}
