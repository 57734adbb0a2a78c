// Sends what is in a SQLite store, and prints the report. Arguments: file, base URL, a scenario.
import { CapiClient } from '@cscapi/client'
import { SqliteStorage } from '@cscapi/storage-sqlite'

const [path, baseUrl, scenario = 'crowdsecurity/ssh-bf'] = process.argv.slice(2)
const client = new CapiClient({
  storage: new SqliteStorage({ path }),
  scenarios: [scenario],
  environment: { baseUrl },
})
try {
  process.stdout.write(JSON.stringify(await client.sendSignals()))
} finally {
  await client.close()
}
