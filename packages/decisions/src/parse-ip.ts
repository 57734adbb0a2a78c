/** A family, or 0 for text that is no address. */
export type Family = 0 | 4 | 6

/**
 * An address as 32-bit words: one for IPv4, four for IPv6, in the order of the text. Reused by
 * every call, so that looking up allocates nothing.
 */
export type Words = Uint32Array

const DOT = 46
const COLON = 58

/**
 * Reads an address strictly into `words`: no leading zeros, no zone, no other bases. IPv4-mapped
 * IPv6 is folded to IPv4. Ends before `end`, the text's length by default.
 */
export function parseIp(text: string, words: Words, end = text.length): Family {
  if (end < 2 || end > 45) return 0
  for (let at = 0; at < end; at += 1) {
    const code = text.charCodeAt(at)
    if (code === DOT) return parseV4(text, 0, end, words, 0) ? 4 : 0
    if (code === COLON) break
  }
  if (!parseV6(text, end, words)) return 0
  if (words[0] !== 0 || words[1] !== 0 || words[2] !== 0xffff) return 6
  words[0] = words[3] ?? 0
  return 4
}

/**
 * Reads an address or a range; host bits are cleared. Returns its prefix length, or -1 for text
 * that is neither. `family.value` tells which.
 */
export function parseNetwork(text: string, words: Words, family: { value: Family }): number {
  const slash = text.indexOf('/')
  const isMapped = text.charCodeAt(0) === COLON || text.includes(':')
  family.value = parseIp(text, words, slash === -1 ? text.length : slash)
  if (family.value === 0) return -1
  const longest = family.value === 4 ? 32 : 128
  if (slash === -1) return longest
  let prefix = parsePrefix(text, slash + 1)
  // The prefix of a folded address was counted in IPv6.
  if (family.value === 4 && isMapped) prefix -= 96
  if (prefix < 0 || prefix > longest) return -1
  mask(words, family.value, prefix)
  return prefix
}

/** Clears what comes after the prefix. */
export function mask(words: Words, family: Family, prefix: number): void {
  const count = family === 4 ? 1 : 4
  for (let index = 0; index < count; index += 1) {
    const bits = prefix - 32 * index
    words[index] = (words[index] ?? 0) & maskOf(bits)
  }
}

/** The first bits of a word. */
export function maskOf(bits: number): number {
  if (bits <= 0) return 0
  return bits >= 32 ? 0xffffffff : (0xffffffff << (32 - bits)) >>> 0
}

/** The canonical text of an address (RFC 5952). */
export function formatIp(words: Words, family: Family): string {
  if (family === 4) {
    const word = words[0] ?? 0
    return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`
  }
  const groups = Array.from(
    { length: 8 },
    (_, index) => ((words[index >> 1] ?? 0) >>> (index % 2 === 0 ? 16 : 0)) & 0xffff,
  )
  const { start, length } = longestZeros(groups)
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':')
  return length < 2 ? hex(0, 8) : `${hex(0, start)}::${hex(start + length, 8)}`
}

/** The canonical text of a network: an address, or a range with its prefix. */
export function formatNetwork(words: Words, family: Family, prefix: number): string {
  const address = formatIp(words, family)
  return prefix === (family === 4 ? 32 : 128) ? address : `${address}/${prefix}`
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0
    while (groups[start + length] === 0) length += 1
    if (length > best.length) best = { start, length }
  }
  return best
}

function parsePrefix(text: string, from: number): number {
  const length = text.length - from
  if (length < 1 || length > 3 || (length > 1 && text.charCodeAt(from) === 48)) return -1
  let prefix = 0
  for (let at = from; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return -1
    prefix = prefix * 10 + digit
  }
  return prefix
}

function parseV4(text: string, from: number, end: number, words: Words, index: number): boolean {
  let word = 0
  let parts = 0
  let at = from
  while (parts < 4) {
    const start = at
    let part = 0
    while (at < end) {
      const digit = text.charCodeAt(at) - 48
      if (digit < 0 || digit > 9) break
      part = part * 10 + digit
      at += 1
      if (at - start > 3) return false
    }
    const digits = at - start
    if (digits === 0 || part > 255 || (digits > 1 && text.charCodeAt(start) === 48)) return false
    word = word * 256 + part
    parts += 1
    if (parts === 4) break
    if (at >= end || text.charCodeAt(at) !== DOT) return false
    at += 1
  }
  words[index] = word
  return at === end
}

function parseV6(text: string, end: number, words: Words): boolean {
  words[0] = 0
  words[1] = 0
  words[2] = 0
  words[3] = 0
  let group = 0
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
    for (; at < end; at += 1) {
      const digit = hexDigit(text.charCodeAt(at))
      if (digit < 0) break
      value = value * 16 + digit
    }
    const code = at < end ? text.charCodeAt(at) : 0
    if (code === DOT) {
      if (group > 6 || !parseV4(text, start, end, SCRATCH, 0)) return false
      const word = SCRATCH[0] ?? 0
      setGroup(words, group, word >>> 16)
      setGroup(words, group + 1, word & 0xffff)
      group += 2
      at = end
      break
    }
    if (at === start || at - start > 4) return false
    setGroup(words, group, value)
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
  if (gap === -1) return group === 8
  if (group === 8) return false
  // What came after the gap moves to the end.
  for (let from = group - 1, to = 7; from >= gap; from -= 1, to -= 1) {
    setGroup(words, to, getGroup(words, from))
    setGroup(words, from, 0)
  }
  return true
}

const SCRATCH = new Uint32Array(1)

function setGroup(words: Words, group: number, value: number): void {
  const index = group >> 1
  const word = words[index] ?? 0
  words[index] = group % 2 === 0 ? (word & 0xffff) | (value << 16) : (word & 0xffff0000) | value
}

function getGroup(words: Words, group: number): number {
  const word = words[group >> 1] ?? 0
  return group % 2 === 0 ? word >>> 16 : word & 0xffff
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  if (code >= 97 && code <= 102) return code - 87
  if (code >= 65 && code <= 70) return code - 55
  return -1
}
