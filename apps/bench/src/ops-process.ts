// The operations page of a client on SQLite with 1,000 machines; says on demand what it has cost.
import { CapiClient, createSignal, generateMachineIdFromKey } from '@cscapi/client'
import { serveOps } from '@cscapi/ops'
import { SqliteStorage } from '@cscapi/storage-sqlite'

const client = new CapiClient({
  storage: new SqliteStorage({ path: process.argv[2] ?? '' }),
  scenarios: ['acme/x'],
  environment: { baseUrl: 'http://127.0.0.1:9/v3' },
})
const createdAt = new Date()
await client.addSignals(
  Array.from({ length: 1_000 }, (_, number) =>
    createSignal({
      attackerIp: '45.1.2.3',
      scenario: 'acme/x',
      createdAt,
      machineId: generateMachineIdFromKey(`sensor-${number}`),
    }),
  ),
)
const server = await serveOps(client, { port: 0 })
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuMs: (user + system) / 1_000 })
})
process.send?.({ url: server.url })
