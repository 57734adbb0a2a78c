import { CapiClient, type CapiClientOptions, createSignal, generateMachineIdFromKey, type Signal } from '@cscapi/client'
import { createEmulator, type EmulatorOptions } from '@cscapi/emulator'
import { MemoryStorage } from '@cscapi/storage'

export const SCENARIO = 'crowdsecurity/ssh-bf'
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000

/** The id of the n-th test machine. */
export const machine = (number = 1) => generateMachineIdFromKey(`sensor-${number}`)

/** So many signals of one machine, from different addresses. */
export function signalsOf(machineId: string, count: number): Signal[] {
  return Array.from({ length: count }, (_, index) =>
    createSignal({
      attackerIp: `198.51.${100 + Math.floor(index / 250)}.${index % 250}`,
      scenario: SCENARIO,
      createdAt: new Date(1_700_000_000_000),
      machineId,
    }),
  )
}

/**
 * A strict emulator, a memory store and clients on one clock that moves only when somebody sleeps
 * or advances it.
 */
export function arrange(emulatorOptions: EmulatorOptions = {}) {
  let now = Date.parse('2026-03-01T00:00:00Z')
  const clock = {
    now: () => now,
    sleep: async (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted()
      now += ms
    },
  }
  const emulator = createEmulator({ strict: true, now: () => now, ...emulatorOptions })
  const storage = new MemoryStorage({ now: () => now })
  /** Another process with the same store, as far as the store can tell. */
  const connect = (options: Partial<CapiClientOptions> = {}) =>
    new CapiClient({
      storage: new MemoryStorage({ shared: storage }),
      scenarios: [SCENARIO],
      environment: { baseUrl: 'http://127.0.0.1:8088/v3' },
      fetch: emulator.fetch,
      clock,
      random: () => 0.5,
      ...options,
    })
  const advance = (ms: number) => {
    now += ms
  }
  return { emulator, storage, connect, client: connect(), clock, advance }
}

/** Sends until nothing is pending, moving the clock on as the reports ask for; bounded. */
export async function sendAll(client: CapiClient, advance: (ms: number) => void, runs = 50) {
  for (let run = 0; run < runs; run += 1) {
    const report = await client.sendSignals()
    const { pending, leased } = await client.stats()
    if (pending + leased === 0) return run + 1
    advance(Math.max(report.resumeInMs ?? 0, 6 * MINUTE_MS))
  }
  throw new Error(`signals are still pending after ${runs} runs`)
}
