// An Express server that nobody on the blocklist reaches.
import { CapiClient, generateMachineIdFromKey } from '@cscapi/client'
import { remediateNode } from '@cscapi/decisions/http'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import express from 'express'

const client = new CapiClient({
  storage: new SqliteStorage({ path: 'cscapi.db' }),
  scenarios: ['crowdsecurity/http-probing'],
  environment: { baseUrl: process.env.CAPI_URL ?? 'http://127.0.0.1:8088/v3' }, // for good: 'production'
})
// Pulls now and every two hours from then on. SIGTERM puts everything away and ends the process.
await client.start({ pullMachineId: generateMachineIdFromKey('my-web-server'), handleSignals: true })

const app = express()
// Behind a proxy on this host; without one leave trustProxy out.
app.use(remediateNode({ decisions: await client.decisions(), trustProxy: ['127.0.0.1'] }))
app.get('/', (_request, response) => {
  response.send('Welcome\n')
})
app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
