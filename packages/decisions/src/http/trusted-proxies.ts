import { NetworkTable } from '../network-table.js'
import { type Family, parseIp, parseNetwork } from '../parse-ip.js'

/** Who is believed about the client. */
export class TrustedProxies {
  readonly #v4 = new NetworkTable(4, false)
  readonly #v6 = new NetworkTable(6, false)
  readonly #words = new Uint32Array(4)
  /** Whether one that connects through a Unix socket is. */
  unix = false

  /** Returns the rule that the text breaks, if it does. */
  add(proxy: unknown): string | undefined {
    if (proxy === 'unix') {
      this.unix = true
      return undefined
    }
    const family: { value: Family } = { value: 0 }
    const prefix = typeof proxy === 'string' ? parseNetwork(proxy, this.#words, family) : -1
    if (prefix === -1) return "must be an address, a CIDR range or 'unix'"
    if (prefix === 0) return 'must not be everybody: any client could name any address then'
    this.#table(family.value).set(this.#words, prefix)
    return undefined
  }

  has(address: string): boolean {
    const table = this.#table(parseIp(address, this.#words))
    return table.lengths.some((prefix) => table.find(this.#words, prefix) !== -1)
  }

  #table(family: Family): NetworkTable {
    return family === 4 ? this.#v4 : this.#v6
  }
}
