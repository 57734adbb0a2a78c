// A service that is started: prints `started`, then a line for each `stopped` report. Arguments:
// SQLite file, base URL, start options as JSON.
import { CapiClient } from '@cscapi/client'
import { SqliteStorage } from '@cscapi/storage-sqlite'

const [path, baseUrl, options = '{}'] = process.argv.slice(2)
const client = new CapiClient({
  storage: new SqliteStorage({ path }),
  scenarios: ['crowdsecurity/ssh-bf'],
  environment: { baseUrl },
})
client.on('stopped', (report) => process.stdout.write(`${JSON.stringify(report)}\n`))
await client.start(JSON.parse(options))
process.stdout.write('started\n')
