import { oneLine } from './one-line.js'

/** What stands behind the scheme is a path, and no host, user or password. */
const PATH_SCHEMES = new Set(['sqlite', 'file', 'unix', 'memory'])
const HOSTS = /^(?:[\w.-]*|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:,(?:[\w.-]*|\[[0-9a-f:.]+\])(?::\d{1,5})?)*$/i
const REDACTED = '[redacted]'

/**
 * Gives a URL, or text that was meant as one, as an error or a log may show it: without user,
 * password, query and fragment. What cannot be told from a password is not shown either, so text
 * that is no URL at all is `[not a URL]`.
 */
export function printableUrl(text: unknown): string {
  const [, scheme, rest] = /^([a-z][a-z0-9+.-]{0,31}):(.*)$/is.exec(typeof text === 'string' ? text.trim() : '') ?? []
  if (scheme === undefined || rest === undefined) return '[not a URL]'
  // A password may hold any sign unencoded, so the last @ counts, wherever it stands.
  const at = rest.lastIndexOf('@')
  const [shown = ''] = rest.slice(at + 1).split(/[?#]/)
  const isAuthority = rest.startsWith('//')
  // One that comes in a query may end a password or stand in a key: what follows may be the rest of
  // the key.
  const [beforeQuery = ''] = rest.split(/[?#]/)
  if (at > beforeQuery.length && !beforeQuery.includes('@')) return `${scheme}:${isAuthority ? '//' : ''}${REDACTED}`
  const [, host = '', path = ''] = /^(?:\/\/)?([^/]*)(.*)$/s.exec(shown) ?? []
  if (at >= 0)
    return `${scheme}:${isAuthority ? '//' : ''}${REDACTED}@${HOSTS.test(host) ? printed(host + path) : REDACTED}`
  if (isAuthority && !PATH_SCHEMES.has(scheme.toLowerCase()))
    return `${scheme}://${HOSTS.test(host) ? printed(host + path) : REDACTED}`
  return `${scheme}:${PATH_SCHEMES.has(scheme.toLowerCase()) ? printed(shown) : REDACTED}`
}

/** On one line, and not for ever. */
function printed(text: string): string {
  const clean = oneLine(text)
  return clean.length > 200 ? `${clean.slice(0, 199)}…` : clean
}
