import { parseDotted } from './parse-dotted.js'

/** The family of an address. */
export type Family = 4 | 6

/**
 * An address as 32-bit words, in the order of the text: one for IPv4, four for IPv6. Reused by
 * every call, so that reading and looking up allocate nothing.
 */
export type Words = Uint32Array

const DOT = 46
const COLON = 58
const ZERO = 48

/**
 * Reads an address into `words`; 0 for text that is none. Strict: four decimal parts without
 * leading zeros, which are octal to some readers; no short forms, no zone, no white space.
 * IPv4-mapped IPv6 (`::ffff:0:0/96`, and nothing else) is folded to IPv4. The address ends before
 * `end`.
 */
export function parseIp(text: string, words: Words, end = text.length): Family | 0 {
  if (end < 2 || end > 45) return 0
  // Most are IPv4, and what is not shows it in its first characters.
  if (parseDotted(text, 0, end, words)) return 4
  return parseV6(text, end, words) ? foldMapped(words) : 0
}

/** Reads the 4 or 16 bytes of an address, in network order, as {@link parseIp} does its text. */
export function parseIpBytes(bytes: Uint8Array, words: Words): Family | 0 {
  if (bytes.length !== 4 && bytes.length !== 16) return 0
  for (let at = 0; at < bytes.length; at += 4) {
    const high = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16)
    words[at >> 2] = high | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
  }
  return bytes.length === 4 ? 4 : foldMapped(words)
}

/** IPv4-mapped IPv6 becomes IPv4. */
function foldMapped(words: Words): Family {
  if (words[0] !== 0 || words[1] !== 0 || words[2] !== 0xffff) return 6
  words[0] = words[3] ?? 0
  return 4
}

/** Reads a prefix length that goes to the end of the text; -1 for text that is none. */
export function parsePrefix(text: string, from: number): number {
  const length = text.length - from
  if (length < 1 || length > 3 || (length > 1 && text.charCodeAt(from) === ZERO)) return -1
  let prefix = 0
  for (let at = from; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - ZERO
    if (digit < 0 || digit > 9) return -1
    prefix = prefix * 10 + digit
  }
  return prefix
}

function parseV6(text: string, end: number, words: Words): boolean {
  let group = 0
  /** The group before which `::` stands. */
  let gap = -1
  let at = 0
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return false
    gap = 0
    at = 2
  }
  while (at < end) {
    if (group === 8) return false
    const start = at
    let value = 0
    let code = 0
    for (; at < end; at += 1) {
      code = text.charCodeAt(at)
      const digit = DIGITS[code] ?? NO_DIGIT
      if (digit === NO_DIGIT) break
      value = value * 16 + digit
    }
    if (at < end && code === DOT) {
      if (group > 6 || !parseDotted(text, start, end, EMBEDDED)) return false
      const word = EMBEDDED[0] ?? 0
      GROUPS[group] = word >>> 16
      GROUPS[group + 1] = word & 0xffff
      group += 2
      break
    }
    if (at === start || at - start > 4) return false
    GROUPS[group] = value
    group += 1
    if (at === end) break
    if (code !== COLON) return false
    at += 1
    if (at < end && text.charCodeAt(at) === COLON) {
      if (gap !== -1) return false
      gap = group
      at += 1
    } else if (at === end) return false
  }
  if (gap === -1 ? group !== 8 : group === 8) return false
  joinGroups(group, gap, words)
  return true
}

/** The groups that were read; those from `gap` on go to the end, and zeros before them. */
function joinGroups(count: number, gap: number, words: Words): void {
  const zeros = 8 - count
  const groupOf = (at: number): number => {
    if (gap === -1 || at < gap) return GROUPS[at] ?? 0
    return at < gap + zeros ? 0 : (GROUPS[at - zeros] ?? 0)
  }
  for (let word = 0; word < 4; word += 1) words[word] = (groupOf(2 * word) << 16) | groupOf(2 * word + 1)
}

/** Used by every call, as the words are. */
const GROUPS = new Uint16Array(8)
const EMBEDDED = new Uint32Array(1)

const NO_DIGIT = 16
/** What hexadecimal digits stand for: nobody can foretell whether one is a letter. */
const DIGITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase())
  return digit === -1 ? NO_DIGIT : digit
})

/** Gives one of the eight groups of 16 bits of an IPv6 address. */
export function groupAt(words: Words, group: number): number {
  const word = words[group >> 1] ?? 0
  return group % 2 === 0 ? word >>> 16 : word & 0xffff
}
