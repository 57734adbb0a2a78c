// Adds, leases and settles for ever, and prints what was begun (+), acknowledged (=) and settled
// (-).
import { PostgresStorage } from '@cscapi/storage-postgres'

const [url, schema, name] = process.argv.slice(2)
const storage = new PostgresStorage({ url, schema })
const say = (line) => process.stdout.write(`${line}\n`)

await storage.open()
async function add() {
  for (let batch = 0; ; batch += 1) {
    const uuids = Array.from({ length: 20 }, (_, index) => `${name}-${batch}-${index}`)
    say(`+${uuids}`)
    await storage.enqueue(uuids.map((uuid, index) => ({ machineId: `m${index % 5}`, uuid, payload: '{}' })))
    say(`=${uuids}`)
  }
}
async function send() {
  for (;;) {
    const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 10 })
    if (lease === undefined) continue
    const uuids = lease.signals.map(({ uuid }) => uuid)
    if (!(await storage.settle(lease, { sent: uuids })).lost) say(`-${uuids}`)
  }
}
await Promise.all([add(), send()])
