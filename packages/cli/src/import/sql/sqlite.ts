import { chmod } from 'node:fs/promises'
import { turn } from '@cscapi/core'
import { chooseDriver } from '@cscapi/storage-sqlite/drivers'
import { type SourceDatabase, textsOf } from './database.js'
import { copyDatabase } from './sqlite-copy.js'

/** Opens a copy of a SQLite file: the file itself and its folder stay as they are. */
export async function openSqlite(path: string): Promise<SourceDatabase> {
  const driver = await chooseDriver(path)
  const copy = await copyDatabase(path)
  try {
    await chmod(copy.path, 0o600)
    const connection = driver.open(copy.path)
    return {
      system: 'SQLite',
      async rows(text, values = []) {
        await turn()
        return connection.prepare(text).all(...values)
      },
      async columnsOf(table) {
        const rows = connection.prepare('SELECT name FROM pragma_table_info(?)').all(table)
        return new Set(textsOf(rows, 'name').map((name) => name.toLowerCase()))
      },
      tables: async () =>
        textsOf(connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").all(), 'name'),
      quoted: (name) => `"${name}"`,
      async close() {
        connection.close()
        await copy.remove()
      },
    }
  } catch (error) {
    await copy.remove()
    throw error
  }
}
