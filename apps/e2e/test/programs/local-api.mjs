// A Local API as a process of its own: `FOLDER PORT CAPI`. It says `listening` once it is.
import { CapiClient } from '@cscapi/client'
import { Agents, BouncerKeys, createLocalApi } from '@cscapi/local-api'
import { SqliteStorage } from '@cscapi/storage-sqlite'

const [folder, port, baseUrl, machineId] = process.argv.slice(2)
const storage = new SqliteStorage({ path: `${folder}/cscapi.db` })
const client = new CapiClient({ storage, scenarios: ['crowdsecurity/ssh-bf'], environment: { baseUrl } })
const decisions = await client.decisions()
const api = createLocalApi({
  decisions,
  client,
  storage,
  machineId,
  keys: new BouncerKeys(storage),
  machines: new Agents(storage),
  onWarning: ({ code, message, error }) => console.error(code, message, error ?? ''),
})
const listening = await api.listen({ port: Number(port) })
process.once('SIGTERM', async () => {
  await listening.close()
  await client.close()
})
console.log('listening')
