const BITS = 16

/**
 * Which of the 65,536 IPv4 /16 networks hold an entry, or a part of one: 8 KiB that stay in the
 * processor's cache, where most addresses end.
 */
export class PrefixFilter {
  readonly #bits = new Uint32Array(2 ** BITS / 32)

  add(network: number, prefix: number): void {
    const first = network >>> BITS
    const count = prefix >= BITS ? 1 : 2 ** (BITS - prefix)
    for (let at = first; at < first + count; at += 1)
      this.#bits[at >>> 5] = (this.#bits[at >>> 5] ?? 0) | (1 << (at & 31))
  }

  has(address: number): boolean {
    const at = address >>> BITS
    return ((this.#bits[at >>> 5] ?? 0) & (1 << (at & 31))) !== 0
  }
}
