import { type Family, groupAt, type Words } from './parse-ip.js'

/** Writes an address in its one canonical form: dotted decimal, or as RFC 5952 says. */
export function formatIp(words: Words, family: Family): string {
  if (family === 4) {
    const word = words[0] ?? 0
    return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`
  }
  const { start, length } = longestZeros(words)
  if (length < 2) return hex(words, 0, 8)
  return `${hex(words, 0, start)}::${hex(words, start + length, 8)}`
}

/** Writes an address, or a range with its prefix length. */
export function formatNetwork(words: Words, family: Family, prefix: number): string {
  const address = formatIp(words, family)
  return prefix === (family === 4 ? 32 : 128) ? address : `${address}/${prefix}`
}

function hex(words: Words, from: number, to: number): string {
  let text = ''
  for (let group = from; group < to; group += 1)
    text += `${group === from ? '' : ':'}${groupAt(words, group).toString(16)}`
  return text
}

/** Of runs of one length, the first. */
function longestZeros(words: Words): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let start = 0; start < 8; start += 1) {
    let length = 0
    while (start + length < 8 && groupAt(words, start + length) === 0) length += 1
    if (length > best.length) best = { start, length }
  }
  return best
}
