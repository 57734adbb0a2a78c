// For cron, every ten minutes: sends what other programs put into the store, and ends. Status 1
// says that something waits: cron mails what is printed.
import { CapiClient } from '@cscapi/client'
import { SqliteStorage } from '@cscapi/storage-sqlite'

const client = new CapiClient({
  storage: new SqliteStorage({ path: process.argv[2] ?? 'cscapi.db' }),
  scenarios: ['crowdsecurity/ssh-bf'],
  environment: { baseUrl: process.env.CAPI_URL ?? 'http://127.0.0.1:8088/v3' }, // for good: 'production'
})
try {
  const { problems } = await client.sendSignals()
  for (const { message, count } of problems) console.error(`${count} signals: ${message}`)
  process.exitCode = problems.length > 0 ? 1 : 0
} finally {
  await client.close()
}
