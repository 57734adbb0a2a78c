// Sends one signal from a memory store; prints what came of it, whether undici was loaded, and what
// keeps the process alive after close(). Arguments: base URL, a file with a certificate authority
// (optional). Proxies come from the environment.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { CapiClient, createSignal, generateMachineIdFromKey } from '@cscapi/client'
import { MemoryStorage } from '@cscapi/storage'

const [baseUrl, authority] = process.argv.slice(2)
const client = new CapiClient({
  storage: new MemoryStorage(),
  scenarios: ['crowdsecurity/ssh-bf'],
  environment: { baseUrl },
  ...(authority && { ca: readFileSync(authority) }),
})
const warnings = []
client.on('warning', ({ code }) => warnings.push(code))
const machineId = generateMachineIdFromKey(`sensor-${process.pid}`)
await client.addSignals([
  createSignal({ attackerIp: '203.0.113.7', scenario: 'crowdsecurity/ssh-bf', createdAt: new Date(), machineId }),
])
const { sent, postponed } = await client.sendSignals()
await client.close()
// What ended a moment ago lets go in the next turns of the event loop.
for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve))
const { cache } = createRequire(import.meta.url)
const hasUndici = Object.keys(cache).some((path) => path.includes('undici'))
const alive = process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|File|FSReq|Immediate/.test(name))
process.stdout.write(JSON.stringify({ sent, postponed, hasUndici, warnings, alive }))
