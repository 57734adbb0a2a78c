import { type FileHandle, open as openFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { assertNotNewer } from '@cscapi/storage-sql'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import * as z from 'zod'
import { type Connection, Database, Sql } from './database.js'
import { sqliteError } from './errors.js'
import { FileLength, isLogWhole, renewCutLog } from './file/cut-files.js'
import { readHeader } from './file/header.js'
import { Companions, StoreFile } from './file/store-file.js'
import { PrismaClient } from './generated/client.js'
import { assertOurs, migrate } from './migrate.js'
import { migrations } from './migrations.gen.js'

/**
 * Memory for pages, in KiB, and WAL pages between checkpoints: uuids of version 7 then settle at
 * the same cost whatever the backlog.
 */
const CACHE_KIB = 65_536
const CHECKPOINT_PAGES = 4_000

/**
 * Opens or creates the file, and brings its schema up to date; again, whenever the file was taken
 * away. `path` is absolute.
 */
export async function openDatabase(path: string, busyTimeoutMs: number): Promise<Database> {
  const database = new Database((look) => connect(path, look), path, busyTimeoutMs)
  await database.run('open', async () => undefined)
  return database
}

async function connect(path: string, look: () => void): Promise<Connection> {
  const file = await StoreFile.hold(path)
  try {
    await file.withoutStrays(path)
    const { userVersion } = await lookAt(file.handle, path)
    return await connectTo(file, userVersion, path, look)
  } catch (error) {
    await file.release()
    throw error
  }
}

/**
 * One connection for both: Prisma's models, and statements that go straight to the driver, without
 * its query compiler.
 */
async function connectTo(file: StoreFile, userVersion: number, path: string, look: () => void): Promise<Connection> {
  const factory = new PrismaBetterSqlite3({ url: `file:${path}`, timeout: 0 })
  const driver = await factory.connect()
  const { provider, adapterName } = factory
  const prisma = new PrismaClient({ adapter: { provider, adapterName, connect: async () => driver } })
  const sql = new Sql(driver, prisma)
  try {
    const opened = await databaseFile(sql)
    if (!file.isAt(opened)) {
      const message = `open failed on ${path}: SQLite opened another file; open again if the file was just replaced, or else choose a plain name`
      throw sqliteError('storage_unavailable', 'open', message)
    }
    await assertOurs(sql, userVersion, path)
    await configure(sql, path)
    await migrate(sql, path)
    const companions = new Companions(opened)
    const index = await StoreFile.holdCompanion(`${opened}-shm`)
    const length = new FileLength()
    const isInPlace = () =>
      file.isAt(path) && companions.areInPlace() && isLogWhole(`${opened}-wal`, index) && length.isWhole(file, index)
    const leave = file.join({ isInPlace, look })
    const close = async () => {
      await prisma.$disconnect()
      await driver.dispose()
      leave()
      await Promise.all([file.release(), index.release()])
    }
    return {
      sql,
      isInPlace,
      close,
      abandon: async () => {
        if (file.isAt(opened) && companions.areInPlace() && !isLogWhole(`${opened}-wal`, index)) renewCutLog(opened)
        else await saveLog(sql)
        if (!file.isAt(opened) || !companions.areInPlace()) companions.remove()
        await close()
      },
    }
  } catch (error) {
    await driver.dispose()
    throw error
  }
}

const LOG_TRIES = 20
const LOG_RETRY_MS = 5

/**
 * Writes the log into the file that it belongs to, wherever that is now. It is no error if another
 * process keeps it from that: it will do so itself.
 */
async function saveLog(sql: Sql): Promise<void> {
  for (let tries = 0; tries < LOG_TRIES; tries += 1) {
    const outcome = await sql.query('PRAGMA wal_checkpoint(TRUNCATE)').catch(() => undefined)
    if (outcome !== undefined && JSON.stringify(outcome).includes('"busy":0')) return
    await sleep(LOG_RETRY_MS)
  }
}

/**
 * What can be seen before SQLite touches anything: a store of a newer cscapi, whose log would be
 * written back, stays as it is.
 */
async function lookAt(file: FileHandle, path: string): Promise<{ userVersion: number }> {
  const wal = await openFile(`${path}-wal`, 'r').catch(() => undefined)
  try {
    const header = await readHeader(file, wal, path)
    if (header === undefined) return { userVersion: 0 }
    const hasLog = wal !== undefined && (await wal.stat()).size > 0
    if (header.isOurs && hasLog) assertNotNewer(header.userVersion, migrations, { adapter: 'sqlite', store: path })
    return header
  } finally {
    await wal?.close()
  }
}

const databasesSchema = z.array(z.object({ name: z.string(), file: z.string() }))

/** The path that SQLite opened, with all links followed. */
async function databaseFile(sql: Sql): Promise<string> {
  const databases = databasesSchema.parse(await sql.query('PRAGMA database_list'))
  return databases.find(({ name }) => name === 'main')?.file ?? ''
}

async function configure(sql: Sql, path: string): Promise<void> {
  const mode = await sql.query('PRAGMA journal_mode = WAL')
  if (!JSON.stringify(mode).includes('wal')) {
    const message = `${path} cannot use write-ahead logging, without which writes can get lost; put it on a local disk`
    throw sqliteError('storage_unavailable', 'open', message, undefined, false)
  }
  const pragmas = [
    'synchronous = FULL',
    'foreign_keys = OFF',
    `cache_size = -${CACHE_KIB}`,
    `wal_autocheckpoint = ${CHECKPOINT_PAGES}`,
  ]
  for (const pragma of pragmas) await sql.query(`PRAGMA ${pragma}`)
}
