import { CapiClient, createSignal, generateMachineIdFromKey } from '@cscapi/client'
import { createEmulator } from '@cscapi/emulator'
import { MemoryStorage } from '@cscapi/storage'
import type { OpsClock } from './ops-clock.js'

const SCENARIOS = [
  'crowdsecurity/ssh-bf',
  'crowdsecurity/http-probing',
  'crowdsecurity/telnet-bf',
  'acme/http-login-bf',
]

export const sensor = (number: number) => generateMachineIdFromKey(`sensor-${number}`, { prefix: 'acme' })

/** A client on a store in memory, before an emulator with a blocklist; all on one clock. */
export function arrangeFleet(clock: OpsClock, blocklistName = 'firehol_level1') {
  const emulator = createEmulator({
    now: clock.now,
    enrolmentClaims: true,
    tokenLifetimeMs: 24 * 3_600_000,
    decisions: 15_000,
    blockedMachines: [sensor(4)],
    blocklists: [
      { name: blocklistName, values: many(4_200, (n) => `198.18.${n >> 8}.${n & 255}`) },
      { name: 'tor-exit-nodes', values: many(1_290, (n) => `203.0.113.${n & 255}`), remediation: 'captcha' },
    ],
    allowlists: [{ name: 'Offices', items: ['192.0.2.0/24'] }],
  })
  const client = new CapiClient({
    storage: new MemoryStorage({ now: clock.now }),
    scenarios: SCENARIOS,
    environment: { baseUrl: 'http://127.0.0.1:8088/v3' },
    fetch: emulator.fetch,
    clock,
    random: () => 0.5,
  })
  let made = 0
  /** Adds so many signals of one sensor. */
  const add = (number: number, count: number, message?: string) =>
    client.addSignals(
      many(count, () => {
        made += 1
        return createSignal({
          attackerIp: `45.${made % 200}.${(made * 7) % 250}.${(made * 13) % 250}`,
          scenario: SCENARIOS[made % SCENARIOS.length] ?? '',
          ...(message !== undefined && { message }),
          createdAt: new Date(clock.now()),
          machineId: sensor(number),
        })
      }),
    )
  return { emulator, client, add }
}

export const many = <T>(count: number, make: (number: number) => T): T[] =>
  Array.from({ length: count }, (_, number) => make(number))
