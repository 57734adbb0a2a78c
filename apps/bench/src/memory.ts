import { join } from 'node:path'
import { CapiClient } from '@cscapi/client'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { startEmulator } from './emulator.js'
import type { Figure } from './figure.js'
import { queuedSignals } from './signals.js'

const MIB = 2 ** 20

/** Largest resident memory while so many signals are drained, in bytes. */
async function peakWhileDraining(folder: string, url: string, signals: number): Promise<number> {
  const storage = new SqliteStorage({ path: join(folder, `memory-${signals}.db`) })
  const client = new CapiClient({ storage, scenarios: ['crowdsecurity/ssh-bf'], environment: { baseUrl: url } })
  await client.stats()
  for (let at = 0; at < signals; at += 1_000) await storage.enqueue(queuedSignals(1_000, 20))
  globalThis.gc?.()
  let peak = 0
  const onProgress = () => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }
  await client.sendSignals({ onProgress })
  await client.close()
  return peak
}

/** Memory while a large backlog is drained, against a small one. */
export async function drainMemory(folder: string, large: number): Promise<Figure> {
  const emulator = await startEmulator(0)
  try {
    const small = await peakWhileDraining(folder, emulator.url, 10_000)
    const big = await peakWhileDraining(folder, emulator.url, large)
    const name = `memory while draining 10 k → ${large / 1_000} k`
    return {
      name,
      ours: `${Math.round(big / MIB)} MiB`,
      baseline: `${Math.round(small / MIB)} MiB`,
      ratio: big / small,
      goal: { atMost: 1.2 },
    }
  } finally {
    emulator.stop()
  }
}
