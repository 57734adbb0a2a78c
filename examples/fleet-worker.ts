// One of many workers, on as many hosts as you like, that send what all sensors put into one
// PostgreSQL. They share the work by themselves: no signal is sent by two of them at once.
import { CapiClient, FREE_ACCOUNT_LOGIN_BUDGET } from '@cscapi/client'
import { PostgresStorage } from '@cscapi/storage-postgres'

const client = new CapiClient({
  storage: new PostgresStorage({ url: process.env.DATABASE_URL ?? 'postgres://127.0.0.1/cscapi' }),
  scenarios: ['crowdsecurity/ssh-bf'],
  environment: { baseUrl: process.env.CAPI_URL ?? 'http://127.0.0.1:8088/v3' }, // for good: 'production'
  loginBudget: FREE_ACCOUNT_LOGIN_BUDGET,
})
const { sent, postponed, rejected, problems } = await client.sendSignals({ concurrency: 8 })
console.log(`${sent} sent, ${postponed} put back, ${rejected} rejected`)
for (const { message } of problems) console.error(message)
await client.close()
