// Adds signals and sends them, as a program does all day; lists machines at the end where the third
// argument says so. Arguments: the server's URL, the schema, `list`. Uses the built package.
import { PostgresStorage } from '../../dist/index.js'

const [url, schema, list] = process.argv.slice(2)
const storage = new PostgresStorage({ url, schema })
await storage.open()
await storage.createMachine({ machineId: 'm', password: 'p' })
await storage.updateMachine('m', { registered: true })
await storage.getMachine('m')
await storage.setState('k', new Uint8Array(1))
await storage.getState('k')
await storage.enqueue([{ machineId: 'm', uuid: 'u', payload: '{}' }])
const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 10 })
await storage.extend(lease, 60_000)
await storage.settle(lease, { sent: ['u'] })
const { sent } = await storage.stats()
if (list === 'list') await storage.listMachines()
await storage.close()
console.log(`sent ${sent}`)
