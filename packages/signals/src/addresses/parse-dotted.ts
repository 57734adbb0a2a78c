const DOT = 46
const ZERO = 48
/** `0.0.0.0` */
const SHORTEST = 7

/**
 * Reads four decimal parts, from one place of the text to before another, into the first word;
 * false for what is not that. Reading a character costs more than all that is done with it, so each
 * is read once: the parts are written out one by one, not in a loop.
 */
export function parseDotted(text: string, from: number, end: number, words: Uint32Array): boolean {
  if (end - from < SHORTEST) return false
  let at = from

  let first = text.charCodeAt(at) - ZERO
  let next = text.charCodeAt(at + 1)
  if (isNoDigit(first)) return false
  if (next === DOT) at += 2
  else {
    // No digit comes after a zero that leads.
    if (first === 0 || isNoDigit(next - ZERO)) return false
    first = first * 10 + next - ZERO
    next = text.charCodeAt(at + 2)
    if (next === DOT) at += 3
    else {
      first = first * 10 + next - ZERO
      if (isNoDigit(next - ZERO) || first > 255 || text.charCodeAt(at + 3) !== DOT) return false
      at += 4
    }
  }

  // `.0.0` is behind it at least.
  if (at + 5 > end) return false
  let second = text.charCodeAt(at) - ZERO
  next = text.charCodeAt(at + 1)
  if (isNoDigit(second)) return false
  if (next === DOT) at += 2
  else {
    if (second === 0 || isNoDigit(next - ZERO)) return false
    second = second * 10 + next - ZERO
    next = text.charCodeAt(at + 2)
    if (next === DOT) at += 3
    else {
      second = second * 10 + next - ZERO
      if (isNoDigit(next - ZERO) || second > 255 || text.charCodeAt(at + 3) !== DOT) return false
      at += 4
    }
  }

  // And here `.0`; what is shorter would read behind the end.
  if (at + 3 > end) return false
  let third = text.charCodeAt(at) - ZERO
  next = text.charCodeAt(at + 1)
  if (isNoDigit(third)) return false
  if (next === DOT) at += 2
  else {
    if (third === 0 || isNoDigit(next - ZERO) || at + 4 > end) return false
    third = third * 10 + next - ZERO
    next = text.charCodeAt(at + 2)
    if (next === DOT) at += 3
    else {
      third = third * 10 + next - ZERO
      if (isNoDigit(next - ZERO) || third > 255 || at + 5 > end || text.charCodeAt(at + 3) !== DOT) return false
      at += 4
    }
  }

  const left = end - at
  let fourth = text.charCodeAt(at) - ZERO
  if (isNoDigit(fourth)) return false
  if (left > 1) {
    const digit = text.charCodeAt(at + 1) - ZERO
    if (fourth === 0 || left > 3 || isNoDigit(digit)) return false
    fourth = fourth * 10 + digit
    if (left === 3) {
      const last = text.charCodeAt(at + 2) - ZERO
      fourth = fourth * 10 + last
      if (isNoDigit(last) || fourth > 255) return false
    }
  }

  words[0] = (first << 24) | (second << 16) | (third << 8) | fourth
  return true
}

const isNoDigit = (digit: number) => digit < 0 || digit > 9
