import { InputError, printable } from '@cscapi/signals'

/** Which CAPI: the real one, CrowdSec's development service, or a base URL with its version path, e.g. `http://127.0.0.1:8088/v3`. */
export type Environment = 'production' | 'development' | { readonly baseUrl: string }

/** capi-protocol section 1.1. */
const BASE_URLS = { production: 'https://api.crowdsec.net/v3', development: 'https://api.dev.crowdsec.net/v3' } as const

/**
 * The base URL of an environment, without a trailing slash.
 *
 * @throws InputError when it is neither https, nor http on a loopback address, or holds credentials, a query or a fragment.
 */
export function resolveBaseUrl(environment: Environment): string {
  if (environment === 'production' || environment === 'development') return BASE_URLS[environment]
  const given: unknown = typeof environment === 'object' && environment !== null ? environment.baseUrl : environment
  const url = typeof given === 'string' && URL.canParse(given) ? new URL(given) : undefined
  if (url === undefined || typeof environment === 'string') {
    throw refuse(given, "must be 'production', 'development' or { baseUrl } with a URL")
  }
  if (url.username !== '' || url.password !== '') throw refuse('[redacted]', 'must not hold a user or a password')
  if (url.search !== '' || url.hash !== '') throw refuse(given, 'must not hold a query or a fragment')
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw refuse(given, 'must be an https URL (http only on a loopback address)')
  }
  return url.href.replace(/\/+$/, '')
}

export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

function refuse(value: unknown, rule: string): InputError {
  return new InputError('The environment is not usable', [{ path: 'environment', value: printable(value), rule }])
}
