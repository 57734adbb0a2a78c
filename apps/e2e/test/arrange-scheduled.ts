import { CapiClient, type CapiClientOptions, type ClientEvents } from '@cscapi/client'
import { createEmulator, type EmulatorOptions } from '@cscapi/emulator'
import { MemoryStorage } from '@cscapi/storage'
import { SCENARIO } from './arrange.js'
import { warmUp } from './client-warm-up.js'
import { VirtualTime } from './virtual-time.js'

await warmUp()

/** A strict emulator and a memory store in virtual time, and processes that share them. */
export function arrangeScheduled(emulatorOptions: EmulatorOptions = {}) {
  const time = new VirtualTime()
  const emulator = createEmulator({ strict: true, now: time.now, sleep: time.sleep, ...emulatorOptions })
  const storage = new MemoryStorage({ now: time.now })
  const fetch = time.watch(emulator.fetch)
  /** Another process, whose clock may be wrong. */
  const connect = (options: Partial<CapiClientOptions> = {}, skewMs = 0) => {
    const { freeze, ...clock } = time.process(skewMs)
    const client = new CapiClient({
      storage: new MemoryStorage({ shared: storage }),
      scenarios: [SCENARIO],
      environment: { baseUrl: 'http://127.0.0.1:8088/v3' },
      random: () => 0.5,
      fetch,
      clock,
      ...options,
    })
    const warnings: ClientEvents['warning'][] = []
    client.on('warning', (warning) => warnings.push(warning))
    return { client, freeze, warnings }
  }
  return { time, emulator, storage, fetch, connect }
}
