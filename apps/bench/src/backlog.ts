import { join } from 'node:path'
import type { Storage } from '@cscapi/storage'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { type Figure, median } from './figure.js'
import { queuedSignals } from './signals.js'

const PAIRS = 300

/** Mean milliseconds of one lease and settle of 50 signals, the best of three stretches. */
async function pairMs(storage: Storage): Promise<number> {
  const stretches: number[] = []
  for (let stretch = 0; stretch < 3; stretch += 1) {
    const started = performance.now()
    for (let pair = 0; pair < PAIRS / 3; pair += 1) {
      const lease = await storage.lease({ leaseMs: 60_000, maxSignals: 50 })
      if (lease === undefined) throw new Error('the backlog is empty')
      await storage.settle(lease, { sent: lease.signals.map(({ uuid }) => uuid) })
    }
    stretches.push((performance.now() - started) / (PAIRS / 3))
  }
  return median(stretches)
}

async function filled(folder: string, signals: number, machines: number, active: number): Promise<SqliteStorage> {
  const storage = new SqliteStorage({ path: join(folder, `backlog-${signals}-${machines}.db`) })
  await storage.open()
  // Idle machines have a row and nothing to send.
  for (let at = active; at < machines; at += 1_000) {
    const idle = Array.from({ length: Math.min(1_000, machines - at) }, (_, index) => ({
      machineId: `idle${at + index}`.padEnd(48, 'x'),
      uuid: `${at + index}`,
      payload: '{}',
    }))
    await storage.enqueue(idle)
  }
  for (let deleted = 1; deleted > 0; ) deleted = await storage.deleteSignals({}, 1_000)
  for (let at = 0; at < signals; at += 1_000) await storage.enqueue(queuedSignals(1_000, active))
  return storage
}

/**
 * How much slower a lease and settle is with a hundred times the backlog and a thousand times the
 * machines.
 */
export async function sqliteBacklog(folder: string, large: number): Promise<Figure> {
  const small = await filled(folder, 20_000, 10, 10)
  const smallMs = await pairMs(small)
  await small.close()
  const big = await filled(folder, large, 10_000, 1_000)
  const bigMs = await pairMs(big)
  await big.close()
  const name = `lease + settle, SQLite, 20 k → ${large / 1_000} k, 10 → 10 k machines`
  return {
    name,
    ours: `${bigMs.toFixed(2)} ms`,
    baseline: `${smallMs.toFixed(2)} ms`,
    ratio: bigMs / smallMs,
    goal: { atMost: 1.5 },
  }
}
