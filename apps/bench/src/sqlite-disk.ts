import { readFileSync } from 'node:fs'
import type { Contest, Numbers, Setting } from './frame/bench.js'
import { queuedSignals } from './signals.js'
import { ourCalls } from './sqlite-sides.js'

const BATCH = 50

/** Bytes that this process has given to the system to write; Linux only. */
function writtenBytes(): number {
  const [, bytes] = /^wchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8')) ?? []
  return Number(bytes)
}

/** Bytes written for each signal: log, database and all. */
async function measure(each: number, { folder, isSmall }: Setting): Promise<Numbers> {
  const calls = await ourCalls(folder)
  const batches = Array.from({ length: (isSmall ? 1_000 : 50_000) / each }, () => queuedSignals(each, 10))
  const signals = batches.length * each
  const before = writtenBytes()
  for (const batch of batches) await calls.enqueue(batch)
  const added = writtenBytes()
  for (let sent = 0; sent < signals; sent += BATCH) await calls.leaseAndSettle()
  const settled = writtenBytes()
  await calls.close()
  const json = batches.flat().reduce((sum, { payload }) => sum + Buffer.byteLength(payload), 0)
  return {
    json: json / signals,
    added: (added - before) / signals,
    settled: (settled - added) / signals,
  }
}

const WAYS = [1_000, 50]

/** What is written to the disk for a signal, against the bytes of its JSON. */
export const sqliteDisk: Contest = {
  rounds: 5,
  sides: Object.fromEntries(WAYS.map((each) => [String(each), (setting: Setting) => measure(each, setting)])),
  rows: WAYS.flatMap((each) => [
    {
      name: `disk, SQLite, added ${each.toLocaleString('en-US')} a call`,
      unit: 'bytes',
      ours: [String(each), 'added'],
      baseline: [String(each), 'json'],
      goal: { ratio: { atMost: 3 } },
    },
    {
      name: `disk, SQLite, leased and settled, 50 a call`,
      unit: 'bytes',
      ours: [String(each), 'settled'],
      baseline: [String(each), 'json'],
    },
  ]),
}
