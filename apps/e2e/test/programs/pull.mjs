// Pulls decisions once into a SQLite file. Arguments: the file, CAPI's URL, the machine id.
import { CapiClient } from '@cscapi/client'
import { SqliteStorage } from '@cscapi/storage-sqlite'

const [path, baseUrl, machineId] = process.argv.slice(2)
const client = new CapiClient({
  storage: new SqliteStorage({ path }),
  scenarios: ['crowdsecurity/ssh-bf'],
  environment: { baseUrl },
  // A puller that dies holds the others up for twice as long.
  timeoutMs: 500,
})
await client.pullDecisions({ machineId, force: true })
await client.close()
