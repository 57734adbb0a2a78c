import { InputError } from '../errors.js'
import { printable } from '../printable/printable.js'

const UNIT_NS = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['d', 86_400_000_000_000n],
])

const WHOLE = /^([-+]?)(?:0|((?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d))+))$/
const PART = /(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h|d)/g
const MAX_LENGTH = 200
/** What 64 bits hold. */
const MAX_NS = 9_223_372_036_854_775_807n
const MIN_NS = -9_223_372_036_854_775_808n

/**
 * Reads a Go duration such as `3h59m55.756182786s` as nanoseconds, without loss; `undefined` if it
 * is none or does not fit Go's 64 bits. Days (`7d`) are allowed on pushed signals only: the
 * decision stream has none, and Go cannot read them (docs/capi-protocol.md, Names and formats).
 */
export function parseDuration(text: string, options: { allowDays?: boolean } | null = {}): bigint | undefined {
  if (typeof text !== 'string' || text.length > MAX_LENGTH) return undefined
  const ordinary = ordinaryNs(text)
  return ordinary === undefined ? anyNs(text, options) : BigInt(ordinary)
}

/**
 * What nearly every duration of the stream is: hours, minutes and seconds without a sign, as a
 * whole number that is exact. `undefined` for everything else, be it a duration or not. Nothing is
 * allocated: a stream has a million of them.
 */
function ordinaryNs(text: string): number | undefined {
  let total = 0
  let at = 0
  do {
    const start = at
    let whole = 0
    for (; isDigit(text, at); at += 1) whole = 10 * whole + digitAt(text, at)
    if (at === start) return undefined
    let fraction = 0
    let scale = 1
    if (text[at] === '.')
      for (at += 1; isDigit(text, at); at += 1) {
        fraction = 10 * fraction + digitAt(text, at)
        scale *= 10
      }
    const unit = text[at + 1] === 's' ? 0 : wholeUnitNs(text[at])
    // Digits that are finer than a nanosecond are cut off, which takes more care.
    if (unit === 0 || unit % scale !== 0) return undefined
    total += whole * unit + fraction * (unit / scale)
    at += 1
  } while (at < text.length)
  return total <= Number.MAX_SAFE_INTEGER ? total : undefined
}

const digitAt = (text: string, at: number) => text.charCodeAt(at) - 48

function isDigit(text: string, at: number): boolean {
  const digit = digitAt(text, at)
  return digit >= 0 && digit <= 9
}

function wholeUnitNs(letter: string | undefined): number {
  if (letter === 'h') return 3_600_000_000_000
  if (letter === 'm') return 60_000_000_000
  return letter === 's' ? 1_000_000_000 : 0
}

/** Reads every duration, by arithmetic without bounds. Exported for tests. */
export function anyNs(text: string, options: { allowDays?: boolean } | null): bigint | undefined {
  const match = WHOLE.exec(text)
  if (match === null) return undefined
  const [, sign, parts = ''] = match
  if (options?.allowDays !== true && parts.includes('d')) return undefined
  let total = 0n
  for (const [, whole = '', fraction = '', unit = ''] of parts.matchAll(PART)) {
    const unitNs = UNIT_NS.get(unit) ?? 0n
    total += BigInt(whole || '0') * unitNs + (BigInt(fraction || '0') * unitNs) / 10n ** BigInt(fraction.length)
  }
  const signed = sign === '-' ? -total : total
  return signed < MIN_NS || signed > MAX_NS ? undefined : signed
}

/** Writes nanoseconds as Go does: `24h0m0s`, `1.5s`, `250ms`, `0s`. @throws InputError */
export function formatDuration(ns: bigint): string {
  assertNanoseconds(ns)
  if (ns === 0n) return '0s'
  const sign = ns < 0n ? '-' : ''
  const rest = ns < 0n ? -ns : ns
  if (rest < 1_000n) return `${sign}${rest}ns`
  if (rest < 1_000_000n) return `${sign}${decimal(rest, 1_000n)}µs`
  if (rest < 1_000_000_000n) return `${sign}${decimal(rest, 1_000_000n)}ms`
  const minutes = rest / 60_000_000_000n
  const seconds = `${decimal(rest % 60_000_000_000n, 1_000_000_000n)}s`
  if (minutes === 0n) return `${sign}${seconds}`
  return minutes < 60n ? `${sign}${minutes}m${seconds}` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`
}

/** Nanoseconds as whole milliseconds; what is finer is cut off. @throws InputError */
export function durationToMs(ns: bigint): number {
  assertNanoseconds(ns)
  return Number(ns / 1_000_000n)
}

function assertNanoseconds(ns: bigint): void {
  if (typeof ns === 'bigint') return
  const rule = 'must be nanoseconds as a bigint, as parseDuration gives them'
  throw new InputError('The duration cannot be used', [{ path: 'ns', value: printable(ns), rule }])
}

function decimal(value: bigint, unit: bigint): string {
  const digits = unit.toString().length - 1
  const fraction = (value % unit).toString().padStart(digits, '0').replace(/0+$/, '')
  return fraction === '' ? `${value / unit}` : `${value / unit}.${fraction}`
}
