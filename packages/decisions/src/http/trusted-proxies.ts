import { NetworkTable } from '../network-table.js'
import { type Family, parseIp, parseNetwork } from '../parse-ip.js'

/** Who is believed about the client. */
export class TrustedProxies {
  readonly #v4 = new NetworkTable(4, false)
  readonly #v6 = new NetworkTable(6, false)
  readonly #words = new Uint32Array(4)
  /** Whether one that connects through a Unix socket is. */
  unix = false

  /** False for text that is neither an address, a range nor `unix`. */
  add(proxy: string): boolean {
    if (proxy === 'unix') {
      this.unix = true
      return true
    }
    const family: { value: Family } = { value: 0 }
    const prefix = parseNetwork(proxy, this.#words, family)
    if (prefix === -1) return false
    this.#table(family.value).set(this.#words, prefix)
    return true
  }

  has(address: string): boolean {
    const table = this.#table(parseIp(address, this.#words))
    return table.lengths.some((prefix) => table.find(this.#words, prefix) !== -1)
  }

  #table(family: Family): NetworkTable {
    return family === 4 ? this.#v4 : this.#v6
  }
}
