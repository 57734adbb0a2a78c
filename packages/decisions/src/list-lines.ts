import { parseTimestamp } from '@cscapi/signals'

/** The value of a blocklist's line, or `undefined` for a comment or nothing: `#`, `;` and `//` begin one, also behind a value. */
export function blocklistValue(line: string): string | undefined {
  const end = line.search(/[#;]|\/\//)
  const value = (end === -1 ? line : line.slice(0, end)).trim()
  return value === '' ? undefined : value
}

export interface AllowlistEntry {
  readonly value: string
  /** Epoch milliseconds; `Infinity` when it never ends. */
  readonly expiresAt: number
}

/** A line of an allowlist (capi-protocol section 5.6): a JSON object, or the rule that it breaks; `undefined` for an empty line. */
export function allowlistEntry(line: string): AllowlistEntry | { readonly rule: string } | undefined {
  const text = line.trim()
  if (text === '') return undefined
  const parsed = parseJson(text)
  if (typeof parsed !== 'object' || parsed === null) return { rule: 'must be a JSON object' }
  const value: unknown = Reflect.get(parsed, 'value')
  if (typeof value !== 'string') return { rule: 'must have a value' }
  const expiration: unknown = Reflect.get(parsed, 'expiration')
  if (expiration === undefined || expiration === null || expiration === '') return { value, expiresAt: Infinity }
  const instant = typeof expiration === 'string' ? parseTimestamp(expiration) : undefined
  if (instant === undefined) return { rule: 'must have a date and time as its expiration, or none' }
  // Go's zero time means that there is none.
  return { value, expiresAt: instant.ms <= ZERO_MS ? Infinity : instant.ms }
}

/** 0001-01-02T00:00:00Z */
const ZERO_MS = -62_135_510_400_000

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
