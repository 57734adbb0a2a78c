import { printableUrl } from './printable-url.js'

const REDACTED = '[redacted]'
const SECRET_NAMES = /pass|pwd?$|secret|token|credential|auth|cookie|dsn|.key$/i
/** Anything with an authority, and `user:password@host` without a scheme. */
const URL_LIKE = /^[a-z][a-z0-9+.-]{0,31}:\/\/|^[^\s@]*:[^\s@]*@/i

/**
 * Gives a value as an issue shows it: on one line, at most 200 characters, without what may be a
 * secret. URLs lose their user, password and query. Of an object, which fields it has says enough:
 * text of over 8 characters in them is hidden, and all of what is called like a secret. Instances,
 * functions and bytes show their kind alone.
 */
export function printable(value: unknown): string {
  const text = typeof value === 'object' && value !== null ? jsonOrKind(value) : textOf(value)
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(withoutUrlSecrets(value))
  return typeof value === 'function' ? '[function]' : String(value)
}

function withoutUrlSecrets(text: string): string {
  return URL_LIKE.test(text.slice(0, 2_000).trimStart()) ? printableUrl(text) : text.slice(0, 400)
}

/** Not everything can be written as JSON: a circle, a bigint, a getter that throws. */
function jsonOrKind(value: object): string {
  try {
    return JSON.stringify(shown(value, { left: MOST_VALUES })) ?? '[object]'
  } catch {
    return '[object]'
  }
}

/** Longer text in an object's field may be a secret by any name. */
const LONGEST_FIELD = 8

/** Nobody reads more, and what a caller handed in may have no end. */
const MOST_VALUES = 50

function shown(value: unknown, budget: { left: number }, isField = false): unknown {
  if (budget.left <= 0) return '…'
  budget.left -= 1
  if (typeof value === 'string') {
    const text = withoutUrlSecrets(value)
    return isField && text === value && text.length > LONGEST_FIELD ? '[text]' : text
  }
  if (typeof value === 'function') return '[function]'
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '[invalid Date]' : value.toISOString()
  if (Array.isArray(value)) return value.slice(0, MOST_VALUES).map((one) => shown(one, budget, isField))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return `[${kindOf(value)}]`
  const fields = Object.keys(value).slice(0, MOST_VALUES)
  return Object.fromEntries(
    fields.map((name) => [name, SECRET_NAMES.test(name) ? REDACTED : shown(Reflect.get(value, name), budget, true)]),
  )
}

function kindOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}
