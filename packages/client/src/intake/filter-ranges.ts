import { parseAddress } from '@cscapi/signals'

/**
 * First and last address of a range as digits of equal length, so that they compare as text: 8 hex
 * digits for IPv4, 32 for IPv6.
 */
export interface Span {
  readonly first: string
  readonly last: string
}

interface LabelledSpan extends Span {
  readonly label: string
}

const NAT64 = '0064ff9b0000000000000000'
/**
 * The deprecated ::/96, whose addresses hold an IPv4 address too: all but `::`, `::1` and their
 * neighbours, which hold none.
 */
const COMPATIBLE = '000000000000000000000000'
const COMPATIBLE_FROM = `${COMPATIBLE}01000000`

/**
 * The span of an address or a CIDR range; `undefined` if the text is neither. An IPv4 address
 * inside 64:ff9b::/96 (NAT64, RFC 6052) or ::/96 is folded like a mapped one.
 */
export function spanOf(text: string): Span | undefined {
  const address = parseAddress(text)
  if (address === undefined) return undefined
  const [value = '', prefixText] = address.value.split('/')
  const digits = address.version === 4 ? ipv4Digits(value) : ipv6Digits(value)
  const span = prefixText === undefined ? { first: digits, last: digits } : widened(digits, Number(prefixText))
  return holdsIpv4(span) ? { first: span.first.slice(NAT64.length), last: span.last.slice(NAT64.length) } : span
}

function holdsIpv4({ first, last }: Span): boolean {
  if (first.startsWith(NAT64) && last.startsWith(NAT64)) return true
  return first.length === 32 && first >= COMPATIBLE_FROM && last.startsWith(COMPATIBLE)
}

/**
 * Networks to look addresses up in. CIDR ranges either nest or are apart, so the widest ones alone
 * answer everything.
 */
export class NetworkSet {
  readonly #spans: readonly LabelledSpan[]

  /**
   * Texts that are no network are passed over: whoever takes them from outside has checked them.
   */
  constructor(networks: Iterable<readonly [network: string, label: string]>) {
    const all = [...networks].flatMap(([network, label]) => {
      const span = spanOf(network)
      return span === undefined ? [] : [{ ...span, label }]
    })
    const spans: LabelledSpan[] = []
    for (const span of all.sort(byFirstThenWidest)) {
      if (!reaches(spans.at(-1), span.first)) spans.push(span)
    }
    this.#spans = spans
  }

  /** The label of a network that holds part of the span, whichever of the two is the wider one. */
  find({ first, last }: Span): string | undefined {
    let low = 0
    let high = this.#spans.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const span = this.#spans[middle]
      if (span !== undefined && isBefore(span.first, last, true)) low = middle + 1
      else high = middle
    }
    const candidate = this.#spans[low - 1]
    return reaches(candidate, first) ? candidate?.label : undefined
  }
}

/** IPv4 comes before IPv6; text of one length compares as the numbers do. */
function isBefore(a: string, b: string, orEqual: boolean): boolean {
  if (a.length !== b.length) return a.length < b.length
  return orEqual ? a <= b : a < b
}

function reaches(span: Span | undefined, address: string): boolean {
  return span !== undefined && span.last.length === address.length && span.last >= address
}

function byFirstThenWidest(a: Span, b: Span): number {
  if (a.first !== b.first) return isBefore(a.first, b.first, false) ? -1 : 1
  if (a.last === b.last) return 0
  return isBefore(a.last, b.last, false) ? 1 : -1
}

function widened(digits: string, prefix: number): Span {
  const kept = prefix >> 2
  const open = digits.length - kept
  if (open === 0) return { first: digits, last: digits }
  const partial = Number.parseInt(digits.charAt(kept), 16) | (0xf >> (prefix & 3))
  return { first: digits, last: digits.slice(0, kept) + partial.toString(16) + 'f'.repeat(open - 1) }
}

function ipv4Digits(value: string): string {
  return value
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join('')
}

function ipv6Digits(value: string): string {
  const [before = '', after] = value.split('::')
  const head = groupsOf(before)
  const tail = after === undefined ? [] : groupsOf(after)
  return [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail]
    .map((group) => group.padStart(4, '0'))
    .join('')
}

function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':')
}
