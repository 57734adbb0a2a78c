import { type FileHandle, open as openFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { assertNotNewer } from '@cscapi/storage-sql'
import * as z from 'zod'
import type { Driver } from '../drivers/driver.js'
import { sqliteError } from '../errors.js'
import { readHeader } from '../file/header.js'
import { OpenFiles } from '../file/open-files.js'
import { StoreFile } from '../file/store-file.js'
import { assertOurs, migrate } from '../migrations/migrate.js'
import { migrations } from '../migrations.gen.js'
import type { Connection } from './current-connection.js'
import { Database } from './database.js'
import { Sql } from './sql.js'

/**
 * Memory for pages, in KiB, and WAL pages between checkpoints: uuids of version 7 then settle at
 * the same cost whatever the backlog.
 */
const CACHE_KIB = 65_536
const CHECKPOINT_PAGES = 4_000

/** Opens a file as one way of using it needs it; `look` is called when it may have been taken away. */
export type Connect = (driver: Driver, path: string, look: () => void) => Promise<Connection>

/** Opens the file; again, whenever it was taken away. `path` is absolute. */
export async function openDatabase(
  driver: Driver,
  path: string,
  busyTimeoutMs: number,
  connect = connectToWrite,
): Promise<Database> {
  const database = new Database((look) => connect(driver, path, look), path, busyTimeoutMs)
  await database.read('open', () => undefined)
  return database
}

/** Opens or creates the file, and brings its schema up to date. */
export const connectToWrite: Connect = (driver, path, look) =>
  connectTo({ driver, path, look, readOnly: false }, (sql) => {
    configure(sql, path)
    migrate(sql, path)
  })

/** What is opened, and how. */
interface Opening {
  readonly driver: Driver
  readonly path: string
  readonly look: () => void
  /** Neither make the file, nor open it for writing. */
  readonly readOnly: boolean
}

/** Opens the file, which is ours or new, and makes of it what `prepare` makes. */
export async function connectTo(
  { driver, path, look, readOnly }: Opening,
  prepare: (sql: Sql) => void,
): Promise<Connection> {
  const file = await StoreFile.hold(path, driver.name, { readOnly })
  try {
    await file.withoutStrays(path)
    const { userVersion } = await lookAt(file.handle, path)
    return await connection(file, userVersion, new Sql(driver, path, { readOnly }), path, look, prepare)
  } catch (error) {
    await file.release()
    throw error
  }
}

async function connection(
  file: StoreFile,
  userVersion: number,
  sql: Sql,
  path: string,
  look: () => void,
  prepare: (sql: Sql) => void,
): Promise<Connection> {
  try {
    const opened = databaseFile(sql)
    if (file.sizeAt(opened) === undefined) {
      const message = `open failed on ${path}: SQLite opened another file; open again if the file was just replaced, or else choose a plain name`
      throw sqliteError('storage_unavailable', 'open', message)
    }
    assertOurs(sql, userVersion, path)
    prepare(sql)
    const files = await OpenFiles.hold(file, path, opened)
    const isInPlace = () => files.isInPlace()
    const leave = file.join({ isInPlace, look })
    const close = async () => {
      sql.close()
      leave()
      await files.release()
    }
    const abandon = async () => {
      await files.leave(() => saveLog(sql))
      await close()
    }
    return { sql, isInPlace, close, abandon }
  } catch (error) {
    sql.close()
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
    if (isLogSaved(sql)) return
    await sleep(LOG_RETRY_MS)
  }
}

function isLogSaved(sql: Sql): boolean {
  try {
    return JSON.stringify(sql.query('PRAGMA wal_checkpoint(TRUNCATE)')).includes('"busy":0')
  } catch {
    return false
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
function databaseFile(sql: Sql): string {
  const databases = databasesSchema.parse(sql.query('PRAGMA database_list'))
  return databases.find(({ name }) => name === 'main')?.file ?? ''
}

function configure(sql: Sql, path: string): void {
  const mode = sql.query('PRAGMA journal_mode = WAL')
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
  for (const pragma of pragmas) sql.exec(`PRAGMA ${pragma}`)
}
