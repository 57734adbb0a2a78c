import { suggestKey } from '@cscapi/signals'
import { decoded } from './percent-encoding.js'

const isOneOf = (...words: string[]) => [new RegExp(`^(${words.join('|')})$`), `must be ${words.join(', ')}`] as const
const isNumber = [/^\d{1,9}$/, 'must be a whole number of milliseconds'] as const
const isText = [/./s, 'must not be empty'] as const

/** What the driver takes, and the rule for each. */
const DRIVERS = new Map<string, readonly [pattern: RegExp, rule: string]>([
  ['application_name', isText],
  ['fallback_application_name', isText],
  ['options', isText],
  ['statement_timeout', isNumber],
  ['lock_timeout', isNumber],
  ['idle_in_transaction_session_timeout', isNumber],
  ['ssl', isOneOf('true', 'false', '1', '0')],
  ['sslmode', isOneOf('disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify')],
  ['sslcert', isText],
  ['sslkey', isText],
  ['sslrootcert', isText],
  ['sslnegotiation', isOneOf('postgres', 'direct')],
  ['uselibpqcompat', isOneOf('true', 'false')],
  ['channel_binding', isOneOf('disable', 'prefer', 'require')],
  ['client_encoding', isOneOf('UTF8', 'utf8', 'UTF-8', 'utf-8', 'auto')],
])
/** What is read here, before the driver sees the URL. */
export const OURS = ['host', 'port', 'target_session_attrs', 'load_balance_hosts']

/** What belongs elsewhere. */
const ELSEWHERE = new Map([
  ['schema', 'is the option schema'],
  ['currentSchema', 'is the option schema'],
  ['connection_limit', 'is the option poolSize'],
  ['pool_max', 'is the option poolSize'],
  ['connect_timeout', 'is the option connectTimeoutMs'],
  ['query_timeout', 'is the option statementTimeoutMs'],
  ['user', 'stands before the host: postgres://user:password@host/database'],
  ['password', 'stands before the host: postgres://user:password@host/database'],
  ['dbname', 'is the path: postgres://host/database'],
])

/** Reads what stands behind the `?`, and says what is wrong with it. */
export function readParameters(query: string, broken: string[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const part of query.split('&').filter((text) => text !== '')) {
    const [name = '', ...rest] = part.split('=')
    const value = decoded(rest.join('='), `value of ${shown(name)}`, broken)
    const [pattern, rule] = DRIVERS.get(name) ?? (OURS.includes(name) ? isText : [])
    if (pattern === undefined) broken.push(`has a parameter ${shown(name)} that is not known here${hint(name)}`)
    else if (found.has(name)) broken.push(`must have the parameter ${name} once`)
    else if (!pattern.test(value)) broken.push(`has a parameter ${name} that ${rule}`)
    found.set(name, value)
  }
  if (!['random', 'disable', undefined].includes(found.get('load_balance_hosts')))
    broken.push('has a parameter load_balance_hosts that must be disable, random')
  return found
}

function hint(name: string): string {
  const elsewhere = ELSEWHERE.get(name)
  if (elsewhere !== undefined) return `: it ${elsewhere}`
  const meant = suggestKey(name, [...DRIVERS.keys(), ...OURS])
  return meant === undefined ? '' : `; did you mean ${meant}?`
}

/** A name that was given; one that is none may be half a password. */
const shown = (name: string) => (/^[A-Za-z_]{1,40}$/.test(name) ? name : '[not shown]')
