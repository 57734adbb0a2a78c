import { CscapiError, turn } from '@cscapi/core'
import { chooseDriver, copyAside } from '@cscapi/storage-sqlite/drivers'
import { type SourceDatabase, textsOf } from './database.js'

/**
 * Opens a copy of a SQLite file: the file itself and its folder stay as they are.
 *
 * @throws CscapiError `source_busy` when somebody writes to it all the time
 */
export async function openSqlite(path: string): Promise<SourceDatabase> {
  const driver = await chooseDriver(path)
  const copy = await copyAside(path)
  if (copy === undefined) {
    const message = `${path} is being written to: stop the program that uses it, and import again`
    throw new CscapiError('source_busy', message, { retryable: true })
  }
  try {
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
