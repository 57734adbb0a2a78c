import { join } from 'node:path'
import { CapiClient } from '@cscapi/client'
import { MemoryStorage, type Storage } from '@cscapi/storage'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { startEmulator } from './emulator.js'
import { type Figure, median, perSecond, timed } from './figure.js'
import { machineId, queuedSignals } from './signals.js'

const CONCURRENCY = 8
const BATCH = 50
const ROUNDS = 3

const clientOf = (storage: Storage, baseUrl: string) =>
  new CapiClient({
    storage,
    scenarios: ['crowdsecurity/ssh-bf'],
    environment: { baseUrl },
    concurrency: CONCURRENCY,
    batchSize: BATCH,
  })

/** Registers and logs in beforehand, so that only sending is measured. */
async function prepared(storage: Storage, baseUrl: string, machines: number, signals: number): Promise<CapiClient> {
  const client = clientOf(storage, baseUrl)
  for (let number = 0; number < machines; number += 1) await client.verify({ machineId: machineId(number) })
  const queued = queuedSignals(signals, machines)
  for (let at = 0; at < signals; at += 1_000) await storage.enqueue(queued.slice(at, at + 1_000))
  return client
}

/** Sending from the stores that need no server. */
export async function sendSignals(folder: string): Promise<Figure[]> {
  const sqlite = (round: number) => new SqliteStorage({ path: join(folder, `send-${round}.db`) })
  return [
    await sendWithoutLatency('send, no latency, memory', () => new MemoryStorage()),
    await sendWithoutLatency('send, no latency, SQLite', sqlite),
    await sendWithLatency(),
  ]
}

/**
 * Sending 20,000 signals of 40 machines, against bare fetch calls that post ready-made bodies with
 * the same concurrency.
 */
async function sendWithoutLatency(name: string, makeStorage: (round: number) => Storage): Promise<Figure> {
  const [machines, signals] = [40, 20_000]
  const ours: number[] = []
  const bare: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const emulator = await startEmulator(0)
    try {
      const storage = makeStorage(round)
      const client = await prepared(storage, emulator.url, machines, signals)
      const token = (await storage.getMachine(machineId(0)))?.token?.value ?? ''
      let requests = 0
      const send = async () => {
        requests = (await client.sendSignals()).requests
      }
      ours.push(await timed(send))
      await client.close()
      const payloads = queuedSignals(BATCH, 1).map(({ payload }) => payload)
      bare.push(await timed(() => postBare(emulator.url, token, `[${payloads.join(',')}]`, requests)))
    } finally {
      emulator.stop()
    }
  }
  const ratio = median(ours.map((ms, round) => (bare[round] ?? Number.NaN) / ms))
  return {
    name,
    ours: perSecond(signals, median(ours)),
    baseline: perSecond(signals, median(bare)),
    ratio,
    goal: { atLeast: 0.6 },
  }
}

async function postBare(url: string, token: string, body: string, count: number): Promise<void> {
  let left = count
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const worker = async () => {
    while (left > 0) {
      left -= 1
      const response = await fetch(`${url}/signals`, { method: 'POST', headers, body })
      await response.text()
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
}

/**
 * 200 machines × 100 signals at 20 ms latency, against the best that the number of requests allows.
 */
async function sendWithLatency(): Promise<Figure> {
  const [machines, each, latencyMs] = [200, 100, 20]
  const emulator = await startEmulator(latencyMs)
  try {
    const client = await prepared(new MemoryStorage(), emulator.url, machines, machines * each)
    let requests = 0
    const ms = await timed(async () => {
      requests = (await client.sendSignals()).requests
    })
    await client.close()
    const best = (requests / CONCURRENCY) * latencyMs
    const name = 'send, 20 ms latency, 200 machines × 100'
    return {
      name,
      ours: `${Math.round(ms)} ms`,
      baseline: `${Math.round(best)} ms`,
      ratio: ms / best,
      goal: { atMost: 1.3 },
    }
  } finally {
    emulator.stop()
  }
}
