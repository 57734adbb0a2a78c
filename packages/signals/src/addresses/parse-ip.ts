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
const NINE = 57
/** Behind the last character. */
const END = -1

/**
 * Reads an address into `words`; 0 for text that is none. Strict: four decimal parts without
 * leading zeros, which are octal to some readers; no short forms, no zone, no white space.
 * IPv4-mapped IPv6 (`::ffff:0:0/96`, and nothing else) is folded to IPv4. The address ends before
 * `end`.
 */
export function parseIp(text: string, words: Words, end = text.length): Family | 0 {
  if (end < 2 || end > 45) return 0
  // Most are IPv4, and what is not shows it in its first characters.
  if (parseV4(text, 0, end, words)) return 4
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

/** Reads four decimal parts into the first word, and each character once: they cost the most. */
function parseV4(text: string, from: number, end: number, words: Words): boolean {
  let word = 0
  let at = from
  for (let parts = 1; parts <= 4; parts += 1) {
    let part = at < end ? text.charCodeAt(at++) - ZERO : END
    if (part < 0 || part > 9) return false
    let code = at < end ? text.charCodeAt(at++) : END
    // No digit comes after a zero that leads, and no fourth one.
    if (isDigit(code) && part !== 0) {
      part = part * 10 + code - ZERO
      code = at < end ? text.charCodeAt(at++) : END
      if (isDigit(code)) {
        part = part * 10 + code - ZERO
        if (part > 255) return false
        code = at < end ? text.charCodeAt(at++) : END
      }
    }
    if (code !== (parts === 4 ? END : DOT)) return false
    word = (word << 8) | part
  }
  words[0] = word
  return true
}

const isDigit = (code: number) => code >= ZERO && code <= NINE

function parseV6(text: string, end: number, words: Words): boolean {
  words[0] = 0
  words[1] = 0
  words[2] = 0
  words[3] = 0
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
    for (; at < end; at += 1) {
      const digit = hexDigit(text.charCodeAt(at))
      if (digit < 0) break
      value = value * 16 + digit
    }
    const code = at < end ? text.charCodeAt(at) : 0
    if (code === DOT) {
      if (group > 6 || !parseV4(text, start, end, EMBEDDED)) return false
      const word = EMBEDDED[0] ?? 0
      setGroup(words, group, word >>> 16)
      setGroup(words, group + 1, word & 0xffff)
      group += 2
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
    setGroup(words, to, groupAt(words, from))
    setGroup(words, from, 0)
  }
  return true
}

const EMBEDDED = new Uint32Array(1)

function setGroup(words: Words, group: number, value: number): void {
  const index = group >> 1
  const word = words[index] ?? 0
  words[index] = group % 2 === 0 ? (word & 0xffff) | (value << 16) : (word & 0xffff0000) | value
}

/** Gives one of the eight groups of 16 bits of an IPv6 address. */
export function groupAt(words: Words, group: number): number {
  const word = words[group >> 1] ?? 0
  return group % 2 === 0 ? word >>> 16 : word & 0xffff
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  if (code >= 97 && code <= 102) return code - 87
  if (code >= 65 && code <= 70) return code - 55
  return -1
}
