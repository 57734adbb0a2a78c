import { clientAddress, TrustedProxies } from '@cscapi/decisions/http'
import type { Connection } from './connection.js'

const FORWARDED = 'x-forwarded-for'
const LOOPBACK = '127.0.0.1'

/** Tells where a request comes from, and whom its sender may pass for. */
export class CallerAddresses {
  readonly #proxies = new TrustedProxies()
  readonly #trusted = new TrustedProxies()

  constructor(proxies: readonly string[], trusted: readonly string[]) {
    for (const proxy of proxies) this.#proxies.add(proxy)
    for (const address of ['127.0.0.0/8', '::1', ...trusted]) this.#trusted.add(address)
  }

  /** Of a socket, and where nobody knows, loopback: as the engine has it. */
  of(request: Request, connection: Connection): string {
    const header = request.headers.get(FORWARDED) ?? undefined
    return (
      clientAddress(connection.peer, this.#proxies, FORWARDED, header) ?? (connection.isLocal ? LOOPBACK : 'unknown')
    )
  }

  /** Whether alerts may be deleted from there. */
  isTrusted(address: string): boolean {
    return this.#trusted.has(address)
  }
}
