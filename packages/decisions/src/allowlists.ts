import { NetworkTable } from './network-table.js'
import { type Family, mask, type Words } from './parse-ip.js'

/** One allowlist, as it was read. */
export interface Allowlist {
  readonly id: string
  readonly name: string
  readonly v4: NetworkTable
  readonly v6: NetworkTable
}

export function emptyAllowlist(id: string, name: string): Allowlist {
  return { id, name, v4: new NetworkTable(4, true), v6: new NetworkTable(6, true) }
}

const WORDS = new Uint32Array(4)

/** Whether an entry of any list contains the network, or is contained in it, and has not run out. */
export function isAllowed(
  lists: Iterable<Allowlist>,
  words: Words,
  family: Family,
  prefix: number,
  now: number,
): boolean {
  for (const list of lists) {
    const table = family === 4 ? list.v4 : list.v6
    for (const length of table.lengths) {
      if (length > prefix) continue
      const index = table.find(words, length)
      if (index !== -1 && table.expiresAt(index) > now) return true
    }
    if (holdsPartOf(table, words, family, prefix, now)) return true
  }
  return false
}

/** Only a range has parts, and allowlists are short. */
function holdsPartOf(table: NetworkTable, words: Words, family: Family, prefix: number, now: number): boolean {
  if (prefix === (family === 4 ? 32 : 128)) return false
  for (let index = 0; index < table.size; index += 1) {
    if (table.prefixAt(index) <= prefix || table.expiresAt(index) <= now) continue
    table.read(index, WORDS)
    mask(WORDS, family, prefix)
    const width = family === 4 ? 1 : 4
    let isPart = true
    for (let word = 0; word < width; word += 1) isPart &&= WORDS[word] === words[word]
    if (isPart) return true
  }
  return false
}
