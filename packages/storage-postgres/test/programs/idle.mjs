// Cuts an idle connection of a pool without listeners, and goes on.
import { PostgresStorage } from '@cscapi/storage-postgres'
import pg from 'pg'

const [, , url] = process.argv
const pool = new pg.Pool({ connectionString: url, max: 1, application_name: 'idle' })
const storage = new PostgresStorage({ pool, schema: 'idle' })
await storage.open()
await storage.stats()
const removed = new Promise((resolve) => pool.once('remove', resolve))
const admin = new pg.Client(url)
await admin.connect()
const cut = await admin.query(
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'idle' AND state = 'idle'",
)
await admin.end()
await removed
const { pending } = await storage.stats()
console.log(JSON.stringify({ cut: cut.rowCount, pendingAfterwards: pending }))
await storage.close()
await pool.end()
