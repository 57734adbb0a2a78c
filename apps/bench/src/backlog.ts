import { join } from 'node:path'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { costOf } from './cost.js'
import type { Contest, Numbers, Row, Setting } from './frame/bench.js'
import { machineId, queuedSignals } from './signals.js'

const BACKLOGS = [10_000, 100_000, 1_000_000]
const MACHINES = [10, 1_000, 100_000]
const BATCH = 50
const PAIRS = 150
/** A machine that has signals has enough for a whole lease, so that all leases are alike. */
const LEAST_EACH = 100

async function measure(backlog: number, machines: number, { folder, isSmall }: Setting): Promise<Numbers> {
  const [signals, all, pairs] = isSmall
    ? [backlog / 1_000 + 2_000, Math.min(machines, 100), 10]
    : [backlog, machines, PAIRS]
  const storage = new SqliteStorage({ path: join(folder, 'backlog.db') })
  await storage.open()
  const active = Math.min(all, Math.floor(signals / LEAST_EACH))
  for (let at = 0; at < all; at += 1_000) {
    const ids = Array.from({ length: Math.min(1_000, all - at) }, (_, index) => machineId(at + index))
    await Promise.all(ids.map((id) => storage.createMachine({ machineId: id, password: 'p' })))
  }
  for (let at = 0; at < signals; at += 1_000) await storage.enqueue(queuedSignals(1_000, 10, (at / 100) % active))
  let settled = 0
  const { cpuUs, wallUs } = await costOf(pairs, async () => {
    const lease = await storage.lease({ leaseMs: 60_000, maxSignals: BATCH })
    if (lease === undefined) throw new Error('The backlog is empty')
    settled += lease.signals.length
    await storage.settle(lease, { sent: lease.signals.map(({ uuid }) => uuid) })
  })
  await storage.close()
  return { cpuUs, wallUs, settled, expected: pairs * BATCH }
}

const sideOf = (backlog: number, machines: number) =>
  `${backlog.toLocaleString('en-US')} signals of ${machines.toLocaleString('en-US')} machines`

const SIZES = BACKLOGS.flatMap((backlog) => MACHINES.map((machines) => [backlog, machines] as const))
const SMALLEST = sideOf(10_000, 10)

/** Whether a lease and its settling cost more with more that waits, and with more machines. */
export const backlog: Contest = {
  sides: Object.fromEntries(
    SIZES.map(([signals, machines]) => [
      sideOf(signals, machines),
      (setting: Setting) => measure(signals, machines, setting),
    ]),
  ),
  rows: SIZES.flatMap(([signals, machines]): Row[] => {
    const side = sideOf(signals, machines)
    return [
      {
        name: `lease + settle, ${side}, CPU`,
        unit: 'µs',
        ours: [side, 'cpuUs'],
        baseline: [SMALLEST, 'cpuUs'],
        goal: { ratio: { atMost: 1.3 } },
      },
      {
        name: `lease + settle, ${side}, by the clock`,
        unit: 'µs',
        ours: [side, 'wallUs'],
        baseline: [SMALLEST, 'wallUs'],
      },
      {
        name: `signals settled, ${side}`,
        unit: '',
        ours: [side, 'settled'],
        baseline: [side, 'expected'],
        goal: 'equal',
      },
    ]
  }),
}
