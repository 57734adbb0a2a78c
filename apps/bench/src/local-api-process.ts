// A Local API with CAPI's decisions and bouncers, on SQLite: `FOLDER DECISIONS BOUNCERS`. Says on
// demand what it has cost, and changes decisions.
import { join } from 'node:path'
import { CapiClient } from '@cscapi/client'
import { createEmulator } from '@cscapi/emulator'
import { BouncerKeys, createLocalApi } from '@cscapi/local-api'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { machineId } from './signals.js'

/** What the process is told: to say its processor time, or to make so many decisions. */
export type LocalApiTask = 'cpu' | { readonly ban: number }

/** What it says when it listens. */
export interface LocalApiReady {
  readonly port: number
  readonly keys: readonly string[]
}

const [folder = '', count, bouncers] = process.argv.slice(2)
const emulator = createEmulator({ decisions: Number(count) })
const storage = new SqliteStorage({ path: join(folder, 'local-api.db') })
const client = new CapiClient({
  storage,
  scenarios: ['crowdsecurity/ssh-bf'],
  environment: { baseUrl: 'http://127.0.0.1:9/v3' },
  fetch: emulator.fetch,
})
await client.pullDecisions({ machineId: machineId(0) })
const decisions = await client.decisions()
const bouncerKeys = new BouncerKeys(storage)
const keys: string[] = []
for (let index = 0; index < Number(bouncers); index += 1) keys.push(await bouncerKeys.add(`bouncer-${index}`))
const api = createLocalApi({ decisions, client, storage, keys: bouncerKeys })
const { port } = await api.listen({ port: 0 })

process.on('message', async (task: LocalApiTask) => {
  if (task === 'cpu') {
    const { user, system } = process.cpuUsage()
    process.send?.({ cpuMs: (user + system) / 1_000 })
    return
  }
  const expiresAt = Date.now() + 4 * 3_600_000
  const addressOf = (index: number) => `45.83.${index >> 8}.${index & 255}`
  await decisions.addLocal(
    Array.from({ length: task.ban }, (_, index) => ({ value: addressOf(index), reason: 'bench', expiresAt })),
  )
  process.send?.({})
})
process.send?.({ port, keys } satisfies LocalApiReady)
