import { isIPv6 } from 'node:net'
import { OURS, readParameters } from './parameters.js'
import { decoded } from './percent-encoding.js'

/** Where a server listens: a host and a port, or the folder of a Unix socket and its port. */
export interface Host {
  readonly host: string
  readonly port: number
}

/** What a URL says. */
export interface Address {
  /** In the order in which they are tried. */
  readonly hosts: readonly Host[]
  readonly user?: string
  readonly password?: string
  readonly database: string
  /** Which of the servers will do. */
  readonly role: Role
  readonly isShuffled: boolean
  /** What the driver reads itself: TLS, and settings of the session. */
  readonly parameters: ReadonlyMap<string, string>
}

/** An {@link Address}, or which rules the URL breaks: all of them. */
export type ReadAddress =
  | { readonly address: Address; readonly broken?: never }
  | { readonly address?: never; readonly broken: string[] }

export type Role = (typeof ROLES)[number]
const ROLES = ['any', 'read-write', 'primary'] as const
const READING_ROLES = ['read-only', 'standby', 'prefer-standby']

const DEFAULT_PORT = 5432

/** Reads every part of a URL, so that nothing is left for the driver to guess. */
export function readAddress(url: unknown): ReadAddress {
  if (typeof url !== 'string') return { broken: ['must be a postgres:// URL'] }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\s\u0000-\u001f\u007f]/.test(url)) return { broken: ['must not have white space or control characters in it'] }
  const [, authority = '', path = '', query = ''] =
    /^postgres(?:ql)?:\/\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/i.exec(url) ?? []
  if (!/^postgres(ql)?:\/\//i.test(url)) return { broken: ['must be a postgres:// URL'] }
  if (url.includes('#')) return { broken: ['must have no fragment: a # in a password is written %23'] }
  const broken: string[] = []
  const parameters = readParameters(query, broken)
  const at = authority.lastIndexOf('@')
  const address: Address = {
    ...readCredentials(authority.slice(0, Math.max(at, 0)), broken),
    hosts: readHosts(authority.slice(at + 1), parameters, broken),
    database: readDatabase(path, broken),
    role: readRole(parameters.get('target_session_attrs'), broken),
    isShuffled: parameters.get('load_balance_hosts') === 'random',
    parameters: new Map([...parameters].filter(([name]) => !OURS.includes(name))),
  }
  return broken.length > 0 ? { broken } : { address }
}

function readCredentials(text: string, broken: string[]): Pick<Address, 'user' | 'password'> {
  const colon = text.indexOf(':')
  const user = decoded(colon < 0 ? text : text.slice(0, colon), 'user', broken)
  const password = colon < 0 ? '' : decoded(text.slice(colon + 1), 'password', broken)
  return { ...(user !== '' && { user }), ...(password !== '' && { password }) }
}

/** Reads `a:5432,[::1],%2Frun%2Fpostgresql`; or the folder of a socket as the parameter `host`. */
function readHosts(text: string, parameters: ReadonlyMap<string, string>, broken: string[]): Host[] {
  const folder = parameters.get('host')
  const port = parameters.get('port')
  if (folder === undefined) {
    if (port !== undefined) broken.push('must have the port behind the host: postgres://host:5432/database')
    return text.split(',').map((part) => readHost(part, broken))
  }
  if (text !== '' || !folder.startsWith('/'))
    broken.push('must have the host before the path; the parameter host is the folder of a Unix socket')
  return [{ host: folder, port: readPort(port, broken) }]
}

function readHost(text: string, broken: string[]): Host {
  const [, name = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(text) ?? []
  const host = decoded(name.replace(/^\[(.*)\]$/, '$1'), 'host', broken)
  if (host === '') broken.push('must name a host: postgres://user:password@host:5432/database')
  else if (!host.startsWith('/') && !(name.startsWith('[') ? isIPv6(host) : /^[\w.-]+$/.test(host)))
    broken.push('must name hosts, addresses (IPv6 in brackets) or folders of sockets (%2Frun%2Fpostgresql)')
  return { host, port: readPort(port, broken) }
}

function readPort(text: string | undefined, broken: string[]): number {
  const port = text === undefined ? DEFAULT_PORT : Number(text)
  if (text !== undefined && (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535))
    broken.push('must have a port of 1 to 65535')
  return port
}

function readDatabase(path: string, broken: string[]): string {
  const name = decoded(path.slice(1), 'database', broken)
  if (name.includes('@')) broken.push('must have /, ? and @ in user and password percent-encoded')
  else if (name === '' || path.slice(1).includes('/')) broken.push('must name a database: postgres://host/database')
  // The driver does not decode these.
  else if (/[?#]/.test(name)) broken.push('must name a database without ? and #')
  else if (Buffer.byteLength(name) > 63) broken.push('must name a database of at most 63 bytes')
  return name
}

function readRole(text: string | undefined, broken: string[]): Role {
  if (text === undefined) return 'any'
  const role = ROLES.find((name) => name === text)
  if (role !== undefined) return role
  const rule = `must have a target_session_attrs of ${ROLES.join(', ')}`
  broken.push(READING_ROLES.includes(text) ? `${rule}: the store is written to` : rule)
  return 'any'
}
