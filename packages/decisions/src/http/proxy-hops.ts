/**
 * What each proxy says whom it got the request from, the nearest first; `undefined` for one that
 * does not say it. Read from the right: what proxies of ours added is there and well-formed,
 * whatever a client wrote before it.
 */
export function* hops(header: string, value: string): Generator<string | undefined> {
  const isForwarded = header === 'forwarded'
  for (let end = value.length; end > 0; ) {
    const comma = isForwarded ? lastOutsideQuotes(value, ',', end) : value.lastIndexOf(',', end - 1)
    const element = value.slice(comma + 1, end).trim()
    end = comma
    if (element !== '') yield isForwarded ? forwardedFor(element) : withoutPort(element)
  }
}

/**
 * RFC 7239: `for=192.0.2.60;proto=http`, `for="[2001:db8::1]:4711"`; names are not case-sensitive.
 */
function forwardedFor(element: string): string | undefined {
  for (let end = element.length; end > 0; ) {
    const start = lastOutsideQuotes(element, ';', end)
    const pair = element.slice(start + 1, end)
    const equals = pair.indexOf('=')
    if (pair.slice(0, Math.max(equals, 0)).trim().toLowerCase() === 'for') {
      return withoutPort(unquoted(pair.slice(equals + 1).trim()))
    }
    end = start
  }
  return undefined
}

function unquoted(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"')
    ? text.slice(1, -1).replace(/\\(.)/g, '$1')
    : text
}

/**
 * `192.0.2.60:80` and `[2001:db8::1]:80`, as some proxies write them, and addresses alone. A port
 * may be hidden, as `_gazonk` (RFC 7239 section 6).
 */
function withoutPort(node: string): string {
  return /^\[([^\]]*)\](?::[\w.-]+)?$/.exec(node)?.[1] ?? /^([\d.]+):[\w.-]+$/.exec(node)?.[1] ?? node
}

/**
 * Where the last `sign` before `end` is that stands in no quoted text; -1 for none. A quote that
 * nothing opens on its left is of no account.
 */
function lastOutsideQuotes(text: string, sign: string, end: number): number {
  let hasQuotes = true
  for (let at = end - 1; at >= 0; at -= 1) {
    if (text[at] === sign) return at
    if (text[at] !== '"' || !hasQuotes) continue
    const opening = openingQuote(text, at)
    if (opening === -1) hasQuotes = false
    else at = opening
  }
  return -1
}

/** The nearest quote on the left that is not escaped. */
function openingQuote(text: string, closing: number): number {
  let at = closing
  while (at > 0) {
    at = text.lastIndexOf('"', at - 1)
    if (at === -1) return -1
    let backslashes = 0
    while (text[at - 1 - backslashes] === '\\') backslashes += 1
    if (backslashes % 2 === 0) return at
  }
  return -1
}
