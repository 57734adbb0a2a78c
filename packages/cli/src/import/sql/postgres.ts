import { type SourceDatabase, textsOf } from './database.js'
import { loadDriver } from './load-driver.js'

const COLUMNS = `SELECT lower(column_name) AS name FROM information_schema.columns
  WHERE table_schema = ANY (current_schemas(false)) AND table_name = ?`

/** Opens a PostgreSQL database in one transaction that only reads, and sees what there is now. */
export async function openPostgres(url: string): Promise<SourceDatabase> {
  const { default: pg } = await loadDriver('pg', () => import('pg'))
  const client = new pg.Client({ connectionString: url, application_name: 'cscapi import' })
  // A connection that breaks while nobody asks is told by the next question.
  client.on('error', () => undefined)
  const rows: SourceDatabase['rows'] = async (text, values = []) => {
    const [first = '', ...others] = text.split('?')
    const numbered = others.reduce((before, part, index) => `${before}$${index + 1}${part}`, first)
    return (await client.query<Record<string, unknown>>(numbered, [...values])).rows
  }
  try {
    await client.connect()
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY')
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
  return {
    system: 'PostgreSQL',
    rows,
    columnsOf: async (table) => new Set(textsOf(await rows(COLUMNS, [table]), 'name')),
    tables: async () =>
      textsOf(
        await rows(
          'SELECT tablename AS name FROM pg_tables WHERE schemaname = ANY (current_schemas(false)) ORDER BY 1',
        ),
        'name',
      ),
    quoted: (name) => `"${name}"`,
    close: () => client.end(),
  }
}
