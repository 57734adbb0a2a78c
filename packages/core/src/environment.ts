import { InputError, type InputIssue, printableUrl, suggestKey, unknownKeyIssues } from '@cscapi/signals'

/**
 * Which CAPI: the real one, CrowdSec's development service, or a base URL with its version path,
 * e.g. `http://127.0.0.1:8088/v3`.
 */
export type Environment = 'production' | 'development' | { readonly baseUrl: string }

/** docs/capi-protocol.md, Base URLs. */
const BASE_URLS: ReadonlyMap<unknown, string> = new Map([
  ['production', 'https://api.crowdsec.net/v3'],
  ['development', 'https://api.dev.crowdsec.net/v3'],
])
const OTHER_NAMES = new Map([
  ['prod', 'production'],
  ['live', 'production'],
  ['dev', 'development'],
])
const RULE = "must be 'production', 'development' or { baseUrl } with a URL"

/**
 * Gives the base URL of an environment, without a trailing slash.
 *
 * @throws InputError when it is neither https, nor http on a loopback address, or holds
 * credentials, a query or a fragment.
 */
export function resolveBaseUrl(environment: Environment): string {
  const read = readEnvironment(environment)
  if (typeof read === 'string') return read
  throw new InputError('The environment is not usable', read)
}

/**
 * Reads an environment: gives its base URL, or everything that is wrong; no credentials are shown.
 */
export function readEnvironment(environment: unknown): string | InputIssue[] {
  const known = BASE_URLS.get(environment)
  if (known !== undefined) return known
  if (typeof environment !== 'object' || environment === null) return [namedIssue(environment)]
  const unknown = unknownKeyIssues(environment, ['baseUrl'], {
    path: 'environment',
    aliases: new Map([['url', 'baseUrl']]),
  })
  const given: unknown = Reflect.get(environment, 'baseUrl')
  const rule = ruleOf(given)
  if (rule !== undefined) return [...unknown, { path: 'environment', value: shown(given), rule }]
  return unknown.length > 0 ? unknown : new URL(String(given)).href.replace(/\/+$/, '')
}

function ruleOf(given: unknown): string | undefined {
  const url = typeof given === 'string' && URL.canParse(given) ? new URL(given) : undefined
  if (url === undefined) return RULE
  if (url.username !== '' || url.password !== '') return 'must not hold a user or a password'
  if (url.search !== '' || url.hash !== '') return 'must not hold a query or a fragment'
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname)))
    return 'must be an https URL (http only on a loopback address)'
  return undefined
}

/**
 * Names an environment that is none. Text is shown where it is near to a name: else it may be a
 * password.
 */
function namedIssue(environment: unknown): InputIssue {
  const path = 'environment'
  if (environment === undefined) return { path, value: 'undefined', rule: `is missing: it ${RULE}` }
  if (typeof environment !== 'string') return { path, value: String(environment), rule: RULE }
  const meant = suggestKey(environment, ['production', 'development'], OTHER_NAMES)
  if (meant !== undefined) {
    return { path, value: JSON.stringify(environment), rule: `${RULE}; did you mean '${meant}'?` }
  }
  const isUrl = URL.canParse(environment) && environment.includes('://')
  const rule = isUrl ? `${RULE}; give a URL as { baseUrl }` : RULE
  return { path, value: shown(environment), rule }
}

/**
 * Shows what was given for a URL. Without an authority it is none that anybody meant, and what
 * stands before a colon may belong to a password.
 */
function shown(given: unknown): string {
  return typeof given === 'string' && given.includes('://') ? printableUrl(given) : '[not a URL]'
}

/**
 * Tells whether a base URL says which version of CAPI it leads to, as `/v3` does: without, every
 * call is most likely answered 404.
 */
export function isVersioned(baseUrl: string): boolean {
  return URL.canParse(baseUrl) && /\/v\d+(\/|$)/.test(new URL(baseUrl).pathname)
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}
