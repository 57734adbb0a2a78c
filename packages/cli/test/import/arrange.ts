import { CapiClient } from '@cscapi/client'
import { createEmulator } from '@cscapi/emulator'
import { MemoryStorage } from '@cscapi/storage'
import { onTestFinished } from 'vitest'
import { importInto } from '../../src/import/import-into.js'
import { type OpenOptions, openSource } from '../../src/import/open-source.js'
import { REGISTERED } from './samples.js'

/** A day on which everything in the samples is in the past. */
const NOW = Date.parse('2026-03-01T00:00:00Z')

interface Arranged {
  readonly machines?: Record<string, string>
  readonly allowLongMachineIds?: boolean
  readonly neverReport?: readonly string[]
}

/** An emulator that knows the samples' machines, and an empty store to import into. */
export function arrange({ machines = REGISTERED, allowLongMachineIds = true, neverReport = [] }: Arranged = {}) {
  const emulator = createEmulator({ machines, requireMachineIdLength: false, now: () => NOW })
  const storage = new MemoryStorage({ now: () => NOW })
  const scenarios = ['crowdsecurity/http-probing', 'crowdsecurity/ssh-bf']
  const environment = { baseUrl: 'http://127.0.0.1:8088/v3' }
  const client = new CapiClient({
    storage,
    scenarios,
    environment,
    allowLongMachineIds,
    neverReport,
    fetch: emulator.fetch,
    clock: { now: () => NOW, sleep: async () => undefined },
  })
  onTestFinished(() => client.close())

  /** Imports, or tries to, and gives the report. */
  async function take(from: string, { apply = true, ...options }: Partial<OpenOptions> & { apply?: boolean } = {}) {
    const source = await openSource(from, { environment, now: NOW, doubtfulContext: false, ...options })
    try {
      await client.stats()
      const target = { store: storage, client, scenarios, allowLongMachineIds }
      return await importInto(target, source, { apply, now: NOW })
    } finally {
      await source.close()
    }
  }
  /** The pending signals, as they would be sent. */
  async function pending() {
    const { signals } = await storage.listSignals({ status: 'pending' }, { limit: 1_000 })
    return signals.map(({ payload }) => JSON.parse(payload))
  }
  const registrations = () => emulator.record.of('register').map(({ machineId }) => machineId)
  return { emulator, storage, client, take, pending, registrations }
}
