import { createServer, type Server } from 'node:http'
import { type Decisions, remediateNode } from '@cscapi/decisions/http'
import { SENSITIVE } from './detectors.js'

/** Somebody asked the honeypot for a secret. */
export interface Caught {
  readonly address: string
  /** Method and path, cut to 200 characters. */
  readonly request: string
}

/** How many different addresses may be remembered as reported. */
const MOST_REMEMBERED = 10_000
const MOST_SHOWN = 200

const PAGE = `<!doctype html>
<html lang="en"><title>Sign in</title>
<h1>Sign in</h1>
<form method="post"><input name="user" placeholder="User"> <input name="password" type="password"> <button>Sign in</button></form>
</html>
`

/**
 * An HTTP server that answers every request with a plausible page, runs nothing and keeps nothing,
 * and tells once of each address that asks for a secret. Only who connects is believed; whoever is
 * on the blocklist gets a 403.
 */
export function createHoneypot(decisions: Decisions, onCaught: (caught: Caught) => void): Server {
  const guard = remediateNode({ decisions })
  const told = new Set<string>()
  const server = createServer({ maxHeaderSize: 8_192, requestTimeout: 10_000 }, async (request, response) => {
    request.resume()
    const address = request.socket.remoteAddress?.replace(/^::ffff:/, '')
    const target = `${request.method} ${request.url}`
    if (address !== undefined && SENSITIVE.test(target) && !told.has(address)) {
      if (told.size >= MOST_REMEMBERED) told.clear()
      told.add(address)
      onCaught({ address, request: target.slice(0, MOST_SHOWN) })
    }
    if (await guard(request, response)) return
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', server: 'nginx' })
    response.end(PAGE)
  })
  server.maxConnections = 1_000
  return server
}
