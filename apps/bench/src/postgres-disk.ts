import { PostgresStorage } from '@cscapi/storage-postgres'
import { startPostgres } from '@cscapi/test-servers'
import pg from 'pg'
import type { Contest, Numbers, Setting } from './frame/bench.js'
import { queuedSignals } from './signals.js'
import { callsOf } from './store-calls.js'

const BATCH = 50
const MACHINES = 10
const WAYS = [1_000, 50]
const STEPS = ['added', 'leased and settled', 'in all', 'in all, with the pages of the tables'] as const

/** Bytes of log that the server has written, and of pages once a checkpoint wrote them all. */
async function measure(each: number, { isSmall }: Setting): Promise<Numbers> {
  const server = await startPostgres({ config: {} })
  const storage = new PostgresStorage({ url: server.url })
  await storage.open()
  const calls = callsOf(storage)
  const admin = new pg.Client(server.url)
  await admin.connect()
  const read = async (text: string) => Number((await admin.query(`SELECT ${text} AS bytes`)).rows[0].bytes)
  const log = () => read("pg_current_wal_lsn() - '0/0'::pg_lsn")
  const pages = async () => {
    await admin.query('CHECKPOINT')
    return read("(SELECT sum(write_bytes) FROM pg_stat_io WHERE object = 'relation')")
  }
  try {
    const batches = Array.from({ length: (isSmall ? 1_000 : 50_000) / each }, () => queuedSignals(each, MACHINES))
    const signals = batches.length * each
    const pagesBefore = await pages()
    const before = await log()
    for (const batch of batches) await calls.enqueue(batch)
    const added = await log()
    for (let sent = 0; sent < signals; sent += BATCH) await calls.leaseAndSettle()
    const settled = await log()
    const written = (await pages()) - pagesBefore
    const json = batches.flat().reduce((sum, { payload }) => sum + Buffer.byteLength(payload), 0)
    const total = settled - before
    const [inAdded, inSettled, inAll, withPages] = [added - before, settled - added, total, total + written]
    return Object.fromEntries(
      [json, inAdded, inSettled, inAll, withPages].map((bytes, index) => [['json', ...STEPS][index], bytes / signals]),
    )
  } finally {
    await admin.end()
    await storage.close()
    await server.stop()
  }
}

/** What is written to the disk for a signal, log and all, against the bytes of its JSON. */
export const postgresDisk: Contest = {
  sides: Object.fromEntries(WAYS.map((each) => [String(each), (setting: Setting) => measure(each, setting)])),
  rows: WAYS.flatMap((each) =>
    STEPS.map((step) => ({
      name: `disk, PostgreSQL, ${each.toLocaleString('en-US')} a call, ${step}`,
      unit: 'bytes' as const,
      ours: [String(each), step] as const,
      baseline: [String(each), 'json'] as const,
      goal: { ratio: { atMost: 4 } },
    })),
  ),
}
