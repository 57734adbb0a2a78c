// A Fastify server that nobody on the blocklist reaches.
import { CapiClient, generateMachineIdFromKey } from '@cscapi/client'
import { remediateFastify } from '@cscapi/decisions/http'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import Fastify from 'fastify'

const client = new CapiClient({
  storage: new SqliteStorage({ path: 'cscapi.db' }),
  scenarios: ['crowdsecurity/http-probing'],
  environment: { baseUrl: process.env.CAPI_URL ?? 'http://127.0.0.1:8088/v3' }, // for good: 'production'
})
await client.start({ pullMachineId: generateMachineIdFromKey('my-web-server'), handleSignals: true })

const app = Fastify()
// Before routes, bodies and everything else. Fastify's own trustProxy is not asked.
app.addHook('onRequest', remediateFastify({ decisions: await client.decisions(), trustProxy: ['127.0.0.1'] }))
app.get('/', async () => 'Welcome\n')
await app.listen({ port: Number(process.env.PORT ?? 3000), host: '127.0.0.1' })
