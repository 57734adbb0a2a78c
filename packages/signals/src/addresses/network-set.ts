import { IpNetwork, maskOf } from './ip-network.js'
import type { Family, Words } from './parse-ip.js'

interface LabelledNetwork {
  readonly words: Words
  readonly prefix: number
  readonly label: string
}

/**
 * Networks to look others up in, each with a label. IPv4 that is written as IPv6 counts as IPv4:
 * mapped, behind NAT64 (`64:ff9b::/96`, RFC 6052) and in the deprecated `::/96`.
 */
export class NetworkSet {
  readonly #v4: readonly LabelledNetwork[]
  readonly #v6: readonly LabelledNetwork[]
  readonly #asked = new IpNetwork()

  /** Texts that are no network are passed over: whoever takes them from outside checks them. */
  constructor(networks: Iterable<readonly [network: string, label: string]>) {
    const read = { 4: [] as LabelledNetwork[], 6: [] as LabelledNetwork[] }
    for (const [text, label] of networks) {
      const network = new IpNetwork()
      if (!network.read(text)) continue
      network.foldEmbeddedIpv4()
      read[network.family].push({ words: network.words, prefix: network.prefix, label })
    }
    this.#v4 = widestOf(read[4], 4)
    this.#v6 = widestOf(read[6], 6)
  }

  /**
   * Gives the label of a network that holds part of the one asked for, whichever of the two is
   * wider.
   */
  find(network: IpNetwork): string | undefined {
    const asked = this.#asked
    asked.set(network)
    asked.foldEmbeddedIpv4()
    const { words, family, prefix } = asked
    const networks = family === 4 ? this.#v4 : this.#v6
    let found: LabelledNetwork | undefined
    let low = 0
    let high = networks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const candidate = networks[middle]
      if (candidate === undefined) break
      const order = compareWords(candidate.words, words, family, Math.min(candidate.prefix, prefix))
      // Of several that a wide range holds, the last one.
      if (order === 0) found = candidate
      if (order <= 0) low = middle + 1
      else high = middle
    }
    return found?.label
  }
}

/**
 * CIDR ranges either nest or are apart: the widest alone, in ascending order, answer everything.
 */
function widestOf(networks: LabelledNetwork[], family: Family): LabelledNetwork[] {
  const widest: LabelledNetwork[] = []
  networks.sort((a, b) => compareWords(a.words, b.words, family) || a.prefix - b.prefix)
  for (const network of networks) {
    const last = widest.at(-1)
    if (last === undefined || compareWords(last.words, network.words, family, last.prefix) !== 0) widest.push(network)
  }
  return widest
}

/** The order of two addresses by their first bits. */
function compareWords(a: Words, b: Words, family: Family, bits = 128): number {
  for (let word = 0; word < (family === 4 ? 1 : 4); word += 1) {
    const mask = maskOf(bits - 32 * word)
    const difference = (((a[word] ?? 0) & mask) >>> 0) - (((b[word] ?? 0) & mask) >>> 0)
    if (difference !== 0) return difference
  }
  return 0
}
