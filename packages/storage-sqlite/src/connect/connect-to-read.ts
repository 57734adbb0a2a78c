import { access, constants } from 'node:fs/promises'
import { dirname } from 'node:path'
import { SqliteFailure, sqliteError } from '../errors.js'
import { copyAside } from '../file/copy-aside.js'
import { assertUpToDate } from '../migrations/migrate.js'
import { type Connect, connectTo } from './connect.js'
import type { Sql } from './sql.js'

/**
 * Opens a file that is there to look at it. Whoever may write it opens it as writers do, apart from
 * writing, so that SQLite leaves no files of its own behind.
 */
export const connectToRead: Connect = async (driver, path, look) => {
  const prepare = (sql: Sql) => {
    sql.exec('PRAGMA query_only = ON')
    assertUpToDate(sql, path)
  }
  const readOnly = !(await mayWrite(path))
  try {
    return await connectTo({ driver, path, look, readOnly }, prepare)
  } catch (error) {
    if (!readOnly || !wantsFilesBeside(error)) throw error
  }
  const copy = await copyAside(path)
  if (copy === undefined) {
    const message = `open failed on ${path}: it may not be written, and it changes too often to be copied; try again later`
    throw sqliteError('storage_busy', 'open', message)
  }
  try {
    const connection = await connectTo({ driver, path: copy.path, look, readOnly: false }, prepare)
    const close = async () => {
      await connection.close()
      await copy.remove()
    }
    return { sql: connection.sql, isInPlace: copy.isLatest, close, abandon: close }
  } catch (error) {
    await copy.remove()
    throw error
  }
}

async function mayWrite(path: string): Promise<boolean> {
  try {
    await Promise.all([path, dirname(path)].map((one) => access(one, constants.W_OK)))
    return true
  } catch {
    return false
  }
}

/** SQLite reads a store with a log only with an index of the log beside it, which it may not make here. */
function wantsFilesBeside(error: unknown): boolean {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  return isMissing || (error instanceof SqliteFailure && /^SQLITE_(CANTOPEN|READONLY)/.test(error.code))
}
