import { isIPv6 } from 'node:net'

/** What a URL says about one server. */
export interface Address {
  /** Where it listens: a host and a port, or the path of a Unix socket. */
  readonly place: { readonly host: string; readonly port: number; readonly family?: number } | { readonly path: string }
  readonly tls: boolean
  readonly username?: string
  readonly password?: string
  /** The number of the database. */
  readonly db: number
}

/** An {@link Address}, or which rules the URL breaks: all of them. */
export type ReadAddress =
  | { readonly address: Address; readonly broken?: never }
  | { readonly address?: never; readonly broken: string[] }

const TLS = new Map([
  ['redis:', false],
  ['rediss:', true],
  ['valkey:', false],
  ['valkeys:', true],
])
export const SCHEMES = [...TLS.keys(), 'unix:'].map((scheme) => `${scheme}//`)

const DEFAULT_PORT = 6379
const NO_HOST = 'no-host'
const DB_RULE = 'must name the database by its number: 0, 1, 2 …'

/**
 * Reads every part of a URL, so that nothing is left for the driver to guess: it takes `/99` and
 * `/x` for database 0.
 */
export function readAddress(url: unknown): ReadAddress {
  if (typeof url !== 'string') return { broken: [`must be a URL: ${SCHEMES.join(', ')}`] }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\s\u0000-\u001f\u007f]/.test(url)) return { broken: ['must not have white space or control characters in it'] }
  const scheme = `${/^[^:/?#]*/.exec(url)?.[0].toLowerCase()}:`
  if (scheme !== 'unix:' && !TLS.has(scheme)) return { broken: [`must begin with ${SCHEMES.join(', ')}`] }
  // The URL standard has no user without a host.
  const text = url.replace(/^(unix:\/\/[^/?#]*@)\//i, `$1${NO_HOST}/`)
  if (!URL.canParse(text)) return { broken: [BROKEN_URL] }
  const parsed = new URL(text)
  const broken: string[] = []
  if (url.includes('#')) broken.push('must have no fragment: a # in a password is written %23')
  const credentials = readCredentials(parsed, broken)
  const read = scheme === 'unix:' ? readSocket(parsed, broken) : readHost(parsed, TLS.get(scheme) === true, broken)
  return broken.length > 0 || read === undefined ? { broken } : { address: { ...read, ...credentials } }
}

const BROKEN_URL =
  'must be redis://user:password@host:port/database, with a port of 1 to 65535; signs like @ / ? # in user and password are percent-encoded'

function readHost(url: URL, tls: boolean, broken: string[]): Omit<Address, 'username' | 'password'> | undefined {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  if (host === '') broken.push('must name a host: redis://127.0.0.1:6379')
  else if (!isIPv6(host) && !/^[\w.-]+$/.test(host)) broken.push('must name a host, or an address; IPv6 in brackets')
  const port = url.port === '' ? DEFAULT_PORT : Number(url.port)
  if (port === 0) broken.push('must have a port of 1 to 65535')
  const number = /^\/?$/.test(url.pathname) ? '0' : url.pathname.slice(1)
  const db = databaseNumber(number, broken)
  const family = readParameters(url, ['family'], broken).get('family')
  if (family !== undefined && !['0', '4', '6'].includes(family)) broken.push('must have a family of 0, 4 or 6')
  return { place: { host, port, ...(family !== undefined && { family: Number(family) }) }, tls, db }
}

/** Reads `unix:///run/redis.sock?db=1`. */
function readSocket(url: URL, broken: string[]): Omit<Address, 'username' | 'password'> {
  const isPath = ['', NO_HOST].includes(url.hostname)
  const path = decoded(url.pathname, 'path', broken)
  if (!isPath || path.length < 2 || path.endsWith('/'))
    broken.push('must name the path of a socket, behind three slashes: unix:///run/redis.sock')
  const db = databaseNumber(readParameters(url, ['db'], broken).get('db') ?? '0', broken)
  return { place: { path }, tls: false, db }
}

function databaseNumber(text: string, broken: string[]): number {
  if (!/^(0|[1-9]\d{0,8})$/.test(text)) broken.push(DB_RULE)
  return Number(text)
}

function readParameters(url: URL, known: readonly string[], broken: string[]): Map<string, string> {
  const found = new Map<string, string>()
  for (const [name, value] of url.searchParams) {
    if (known.includes(name) && !found.has(name)) found.set(name, value)
    else if (known.includes(name)) broken.push(`must have the parameter ${name} once`)
    else if (name === 'db') broken.push('must have the number of the database as its path: redis://127.0.0.1:6379/2')
    else
      broken.push(`must have no parameters${known.length === 0 ? '' : ` but ${known.join(', ')}`}: set options instead`)
  }
  return found
}

function readCredentials(url: URL, broken: string[]): Pick<Address, 'username' | 'password'> {
  const username = decoded(url.username, 'user', broken)
  const password = decoded(url.password, 'password', broken)
  if (username !== '' && password === '')
    broken.push('must have a password behind the user: user:password@, or :password@ without a user')
  return { ...(username !== '' && { username }), ...(password !== '' && { password }) }
}

function decoded(text: string, what: string, broken: string[]): string {
  try {
    return decodeURIComponent(text)
  } catch {
    broken.push(`must have a ${what} whose percent-encoding is right: a % alone is written %25`)
    return text
  }
}
