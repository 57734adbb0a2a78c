import { ADDRESS_RULE, IpNetwork, parseJson, parseTimestamp } from '@cscapi/signals'

/** What a line breaks that cannot be read. */
export interface BrokenLine {
  readonly rule: string
}

const RANGE_RULE = `${ADDRESS_RULE}; a range from one address to another is not read`

const COMMENT = /^(?:[#;!]|\/\/)/
/** What ends the first field of a line. */
const FIELD_END = /[\s,#;]|\/\//
const TO_ADDRESS = /^\s+-\s*([\da-f.:]+)/i
const TO = new IpNetwork()

/**
 * The first field of a blocklist's line: what stands before a blank, a tab, `,`, `;`, `#` or `//`,
 * or in quotes. `undefined` for an empty line and for a comment: one that begins with `#`, `;`, `!`
 * or `//`.
 */
export function firstField(line: string): string | BrokenLine | undefined {
  // Takes away a byte order mark too.
  const text = line.trim()
  if (text === '' || COMMENT.test(text)) return undefined
  const quote = /^["']/.exec(text)?.[0]
  const closing = quote === undefined ? -1 : text.indexOf(quote, 1)
  if (closing !== -1) return text.slice(1, closing).trim()
  const end = text.search(FIELD_END)
  if (end === -1) return text
  const to = TO_ADDRESS.exec(text.slice(end))?.[1]
  return TO.readAddress(to) ? { rule: RANGE_RULE } : text.slice(0, end)
}

/** What a value of these scopes looks like. */
const FORMS = new Map([
  ['country', { form: /^[a-z]{2}$/i, rule: 'must be a country code of two letters' }],
  ['as', { form: /^(?:AS)?\d{1,10}$/i, rule: 'must be the number of an autonomous system' }],
])

/** What a line breaks that begins as a page does, or an error as JSON. */
export const PAGE_RULE = 'must be a value, and neither a page nor a JSON object'
const NO_VALUE = /^(?:<!doctype|<html|<head|<body|<\?xml|\{\s*"[^"]*"\s*:)/i

/**
 * The value of a line of another scope. A country or an AS number is the first field; of scopes
 * without a form it is the whole line, without a comment behind a blank.
 */
export function scopedLine(scope: string, line: string): string | BrokenLine | undefined {
  const known = FORMS.get(scope.toLowerCase())
  if (known !== undefined) {
    const field = firstField(line)
    return typeof field === 'string' && !known.form.test(field) ? { rule: known.rule } : field
  }
  const text = line.trim()
  if (text === '' || /^(?:[#;]|\/\/)/.test(text)) return undefined
  if (NO_VALUE.test(text)) return { rule: PAGE_RULE }
  const end = text.search(/\s(?:[#;]|\/\/)/)
  return end === -1 ? text : text.slice(0, end).trimEnd()
}

export interface AllowlistEntry {
  readonly value: string
  /** Epoch milliseconds; `Infinity` when it never ends. */
  readonly expiresAt: number
}

/**
 * A line of an allowlist (docs/capi-protocol.md, Allowlists): a JSON object, or the rule that it
 * breaks; `undefined` for an empty line. JSON has no comments.
 */
export function allowlistEntry(line: string): AllowlistEntry | BrokenLine | undefined {
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
