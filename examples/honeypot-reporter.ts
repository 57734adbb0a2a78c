// Reports whom a Cowrie honeypot catches, from its log, while it is written. A restart goes on
// where it was: no attack is lost, and none is told twice.
import { CapiClient, generateMachineIdFromKey } from '@cscapi/client'
import { followInput } from '@cscapi/inputs'
import { SqliteStorage } from '@cscapi/storage-sqlite'

const [log = 'cowrie.json'] = process.argv.slice(2)
const storage = new SqliteStorage({ path: 'cscapi.db' })
const client = new CapiClient({
  storage,
  scenarios: ['crowdsecurity/ssh-bf', 'thespad/sshesame-cmd'],
  environment: { baseUrl: process.env.CAPI_URL ?? 'http://127.0.0.1:8088/v3' }, // for good: 'production'
})
await client.start({ handleSignals: true })

const machineId = generateMachineIdFromKey('my-honeypot')
const onTrouble = ({ message }: { message: string }) => console.error(message)
for await (const { items, commit } of followInput('cowrie', log, { machineId }, { store: storage, onTrouble })) {
  await client.addSignals(items.flatMap((item) => ('signal' in item ? [item.signal] : [])))
  await commit()
}
