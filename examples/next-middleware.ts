// proxy.ts of Next.js 16. In 15.5 it is middleware.ts: name the function `middleware`, and let
// `config` say `runtime: 'nodejs'`.
import { CapiClient, generateMachineIdFromKey } from '@cscapi/client'
import { createRemediate } from '@cscapi/decisions/http'
import { SqliteStorage } from '@cscapi/storage-sqlite'

const client = new CapiClient({
  storage: new SqliteStorage({ path: 'cscapi.db' }),
  scenarios: ['crowdsecurity/http-probing'],
  environment: { baseUrl: process.env.CAPI_URL ?? 'http://127.0.0.1:8088/v3' }, // for good: 'production'
})
await client.start({ pullMachineId: generateMachineIdFromKey('my-web-server'), unref: true })
const remediate = createRemediate({ decisions: await client.decisions(), trustProxy: ['127.0.0.1'] })

export function proxy(request: Request): Response | undefined {
  // Next.js does not tell who connects. Let nobody connect but a proxy of yours on this host, one
  // that sets X-Forwarded-For: what it says is believed.
  const header = (name: string) => request.headers.get(name) ?? undefined
  const outcome = remediate({ remoteAddress: '127.0.0.1', header })
  return outcome.kind === 'remediate' ? new Response('Forbidden\n', { status: 403 }) : undefined
}

export const config = { matcher: '/((?!_next/static|favicon.ico).*)' }
