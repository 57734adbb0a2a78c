import { type SourceDatabase, textsOf } from './database.js'
import { loadDriver } from './load-driver.js'

const COLUMNS = `SELECT LOWER(column_name) AS name FROM information_schema.columns
  WHERE table_schema = DATABASE() AND table_name = ?`

/** Opens a MySQL or MariaDB database in one transaction that only reads, and sees what there is now. */
export async function openMysql(url: string): Promise<SourceDatabase> {
  const { createConnection } = await loadDriver('mysql2', () => import('mysql2/promise'))
  const { MYSQL_PWD: password } = process.env
  const connection = await createConnection({
    uri: url,
    charset: 'utf8mb4',
    ...(new URL(url).password === '' && password !== undefined && { password }),
  })
  connection.on('error', () => undefined)
  const rows: SourceDatabase['rows'] = async (text, values = []) => {
    const [found] = await connection.query(text, [...values])
    return Array.isArray(found) ? found : []
  }
  try {
    await connection.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ')
    await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
  } catch (error) {
    connection.destroy()
    throw error
  }
  return {
    system: 'MySQL',
    rows,
    columnsOf: async (table) => new Set(textsOf(await rows(COLUMNS, [table]), 'name')),
    tables: async () =>
      textsOf(
        await rows(
          'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1',
        ),
        'name',
      ),
    quoted: (name) => `\`${name}\``,
    close: () => connection.end(),
  }
}
