/** What one life of a sensor says. */
export const EXPECTED_LIFE = { added: 1, sent: 1, pending: 0, size: 1, blocked: 'ban', free: null }

/** The addresses that the emulator's stream holds. */
export const BLOCKED = '192.0.2.1'

/**
 * One life of a sensor: queue, send, pull, check. `imports` bring `openStore`, which gets the
 * environment's `STORE`.
 */
export const sensorLife = (imports: string) => `
import process from 'node:process'
import { CapiClient, createSignal, generateMachineIdFromKey } from '@cscapi/client'
${imports}

const client = new CapiClient({
  storage: openStore(process.env.STORE),
  scenarios: ['acme/http-bf'],
  environment: { baseUrl: process.env.BASE_URL },
})
const machineId = generateMachineIdFromKey(crypto.randomUUID(), { prefix: 'acme' })
const createdAt = new Date()
const { added } = await client.addSignals([
  createSignal({ attackerIp: '203.0.113.7', scenario: 'acme/http-bf', createdAt, machineId }),
])
const { sent } = await client.sendSignals()
const { pending } = await client.stats()
const { size } = await client.pullDecisions({ machineId, force: true })
const set = await client.decisions()
const blocked = set.check('${BLOCKED}')?.remediation
const free = set.check('192.0.2.2') ?? null
await client.close()
console.log(JSON.stringify({ added, sent, pending, size, blocked, free }))
`

/** The same without a queue: a worker that signs a machine in, sends a signal, pulls and checks. */
export const worker = `
import { createCapi, generateMachineIdFromKey, generatePassword } from '@cscapi/core'
import { DecisionSet } from '@cscapi/decisions'
import { createSignal } from '@cscapi/signals'

async function live(baseUrl) {
  const capi = createCapi({ environment: { baseUrl } })
  const machine = { machineId: generateMachineIdFromKey(crypto.randomUUID(), { prefix: 'acme' }), password: generatePassword() }
  await capi.register(machine)
  const { token } = await capi.login({ ...machine, scenarios: ['acme/http-bf'] })
  const signal = createSignal({
    attackerIp: '203.0.113.7', scenario: 'acme/http-bf', createdAt: new Date(), machineId: machine.machineId,
  })
  await capi.pushSignals({ token, payloads: [JSON.stringify(signal)] })
  const set = new DecisionSet()
  await set.applyStream(await capi.pullDecisions({ token }))
  return {
    added: 1, sent: 1, pending: 0, size: set.size,
    blocked: set.check('${BLOCKED}')?.remediation, free: set.check('192.0.2.2') ?? null,
  }
}

export default {
  async fetch(request) {
    try {
      return Response.json(await live(new URL(request.url).searchParams.get('capi')))
    } catch (error) {
      return new Response(String(error.stack), { status: 500 })
    }
  },
}
`

/** What workerd reads: one module, and a network that reaches this machine. */
export const workerdConfig = (module: string) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "${module}")],
  compatibilityDate = "2026-01-01",
  compatibilityFlags = ["nodejs_compat"],
);
`
