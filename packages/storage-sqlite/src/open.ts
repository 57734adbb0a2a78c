import { open as openFile } from 'node:fs/promises'
import { assertNotNewer } from '@cscapi/storage-sql'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { type Connection, Database } from './database.js'
import { corruptError, mapError, sqliteError } from './errors.js'
import { PrismaClient } from './generated/client.js'
import { migrate } from './migrate.js'
import { migrations } from './migrations.gen.js'

/** Memory for pages, in KiB, and WAL pages between checkpoints: uuids of version 7 then settle at the same cost whatever the backlog. */
const CACHE_KIB = 65_536
const CHECKPOINT_PAGES = 4_000

/** Opens or creates the file, brings its schema up to date, and returns the connection. */
export async function openDatabase(path: string, busyTimeoutMs: number): Promise<Database> {
  try {
    await createPrivateFile(path)
    await refuseForeignFile(path)
    const database = new Database(await connect(path), path, busyTimeoutMs)
    try {
      await configure(database, path)
      await migrate(database, path)
      return database
    } catch (error) {
      await database.close()
      throw error
    }
  } catch (error) {
    throw mapError(error, 'open', path)
  }
}

/** One connection for both: Prisma's models, and statements that go straight to the driver, without its query compiler. */
async function connect(path: string): Promise<Connection> {
  const factory = new PrismaBetterSqlite3({ url: `file:${path}`, timeout: 0 })
  const driver = await factory.connect()
  const { provider, adapterName } = factory
  return { driver, prisma: new PrismaClient({ adapter: { provider, adapterName, connect: async () => driver } }) }
}

/** The mode counts only where the file is made; SQLite gives it to its -wal and -shm files too. */
async function createPrivateFile(path: string): Promise<void> {
  const file = await openFile(path, 'a', 0o600)
  await file.close()
}

const HEADER_BYTES = 100
const MAGIC = 'SQLite format 3\0'
const USER_VERSION_AT = 60

/** Looks at the file's header without SQLite, which would leave its own files beside it: a store of a newer cscapi stays as it is. */
async function refuseForeignFile(path: string): Promise<void> {
  const file = await openFile(path, 'r')
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0)
    if (bytesRead === 0) return
    if (buffer.toString('latin1', 0, MAGIC.length) !== MAGIC) throw corruptError(path)
    assertNotNewer(buffer.readUInt32BE(USER_VERSION_AT), migrations, { adapter: 'sqlite', store: path })
  } finally {
    await file.close()
  }
}

async function configure(database: Database, path: string): Promise<void> {
  const mode = await database.run('open', (sql) => sql.query('PRAGMA journal_mode = WAL'))
  if (!JSON.stringify(mode).includes('wal')) {
    const message = `${path} cannot use write-ahead logging, without which writes can get lost; put it on a local disk`
    throw sqliteError('storage_unavailable', 'open', message)
  }
  const pragmas = [
    'synchronous = FULL',
    'foreign_keys = OFF',
    `cache_size = -${CACHE_KIB}`,
    `wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
  ]
  for (const pragma of pragmas) await database.run('open', (sql) => sql.query(`PRAGMA ${pragma}`))
}
