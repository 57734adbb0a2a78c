import { isLoopback } from './peer.js'

/**
 * Whether a `Host` header may name this server. A page of another site that points its own name at
 * us (DNS rebinding) comes with that name; an address in digits cannot be pointed elsewhere.
 */
export function isOwnHost(host: string | null, hosts: readonly string[]): boolean {
  if (host === null) return false
  const name = /^(\[[0-9a-f:.]+\]|[^:[\]/?#@\s]+)(?::\d{1,5})?$/i.exec(host)?.[1]?.toLowerCase()
  if (name === undefined) return false
  return isLoopback(name) || isAddress(name) || hosts.some((own) => own.toLowerCase() === name)
}

function isAddress(name: string): boolean {
  return name.startsWith('[') || /^\d{1,3}(\.\d{1,3}){3}$/.test(name)
}

/** The host of an `Origin` header is that of the request: behind TLS the schemes may differ. */
export function isOwnOrigin(headers: Headers): boolean {
  const origin = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  if (site !== null && site !== 'same-origin' && site !== 'none') return false
  if (origin === null) return true
  return URL.canParse(origin) && new URL(origin).host === headers.get('host')
}
