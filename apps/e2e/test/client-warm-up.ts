import { CapiClient } from '@cscapi/client'
import { createEmulator } from '@cscapi/emulator'
import { MemoryStorage } from '@cscapi/storage'
import { machine, SCENARIO, signalsOf } from './arrange.js'

/**
 * Lets a client load what it loads only once it is needed. That takes turns of the event loop in
 * which nothing seems to happen, and so virtual time would pass meanwhile.
 */
export async function warmUp(): Promise<void> {
  const emulator = createEmulator({ decisions: 1, blocklists: [{ name: 'list', values: ['203.0.113.7'] }] })
  const client = new CapiClient({
    storage: new MemoryStorage(),
    scenarios: [SCENARIO],
    environment: { baseUrl: 'http://127.0.0.1:8088/v3' },
    fetch: emulator.fetch,
    gzip: true,
  })
  await client.addSignals(signalsOf(machine(), 50))
  const { sent } = await client.sendSignals()
  const pulled = await client.pullDecisions({ machineId: machine() })
  await client.close()
  if (sent !== 50 || pulled.lists.length !== 1) throw new Error('the client that is to be warm does not work')
}
