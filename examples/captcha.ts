// A question in place of a 403, for those whom the blocklist does not want banned.
import { createServer } from 'node:http'
import { CapiClient, generateMachineIdFromKey } from '@cscapi/client'
import { remediateNode } from '@cscapi/decisions/http'
import { SqliteStorage } from '@cscapi/storage-sqlite'

const client = new CapiClient({
  storage: new SqliteStorage({ path: 'cscapi.db' }),
  scenarios: ['crowdsecurity/http-probing'],
  environment: { baseUrl: process.env.CAPI_URL ?? 'http://127.0.0.1:8088/v3' }, // for good: 'production'
})
await client.start({ pullMachineId: generateMachineIdFromKey('my-web-server'), handleSignals: true })

const guard = remediateNode({
  decisions: await client.decisions(),
  trustProxy: ['127.0.0.1'],
  answer: (outcome, _request, response) => {
    const isCaptcha = outcome.kind === 'remediate' && outcome.decision.remediation === 'captcha'
    // Your provider's form goes here; let those who solved it in by a signed cookie.
    response.writeHead(isCaptcha ? 401 : 403, { 'content-type': 'text/plain' })
    response.end(isCaptcha ? 'Are you human?\n' : 'Forbidden\n')
    return true
  },
})
createServer(async (request, response) => {
  if (!(await guard(request, response))) response.end('Welcome\n')
}).listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
