// A process with one signal that waits, and its operations page on the port that is named.
import { serveOps } from '@cscapi/ops'
import { arrangeFleet } from '../ops/fleet.js'
import { OpsClock } from '../ops/ops-clock.js'

const clock = new OpsClock(Date.now())
clock.goLive()
const { client, add } = arrangeFleet(clock)
await add(1, 1)
await serveOps(client, { port: Number(process.argv[2]) })
process.on('message', () => void add(1, 1))
process.send?.('ready')
