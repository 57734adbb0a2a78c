// A Hono server that nobody on the blocklist reaches.
import { CapiClient, generateMachineIdFromKey } from '@cscapi/client'
import { remediateHono } from '@cscapi/decisions/http'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

const client = new CapiClient({
  storage: new SqliteStorage({ path: 'cscapi.db' }),
  scenarios: ['crowdsecurity/http-probing'],
  environment: { baseUrl: process.env.CAPI_URL ?? 'http://127.0.0.1:8088/v3' }, // for good: 'production'
})
await client.start({ pullMachineId: generateMachineIdFromKey('my-web-server'), handleSignals: true })

const app = new Hono()
app.use(remediateHono({ decisions: await client.decisions(), trustProxy: ['127.0.0.1'] }))
app.get('/', (context) => context.text('Welcome\n'))
serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: '127.0.0.1' })
