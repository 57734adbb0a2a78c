import * as z from 'zod'
import { postgresError } from '../errors.js'
import type { PostgresPoolClient } from './pool.js'
import { ask } from './statements.js'

const encodingSchema = z.tuple([z.object({ server: z.string(), client: z.string(), database: z.string() })])

/** With a parameter, as most statements have one: without, binary results would not show. */
const READ = `SELECT current_setting('server_encoding') AS server, current_setting('client_encoding') AS client,
  current_database() AS database WHERE $1`

/**
 * Text comes from everywhere, and only UTF-8 holds all of it: another database would refuse a
 * signal much later, and its whole batch with it.
 */
export async function checkEncoding(client: PostgresPoolClient): Promise<void> {
  const { rows } = await ask(client, READ, [true])
  const read = encodingSchema.safeParse(rows)
  if (!read.success)
    throw unusable('The connection answers in a form that cannot be read: set no binary results for it')
  const [{ server, client: ours, database }] = read.data
  if (ours !== 'UTF8')
    throw unusable(`The connection has client_encoding ${ours}, and only UTF8 holds all text: take the setting away`)
  if (server === 'UTF8') return
  const name = `"${`${database}_utf8`.replaceAll('"', '""')}"`
  const command = `CREATE DATABASE ${name} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;`
  throw unusable(
    `The database ${database} has the encoding ${server}, and only UTF8 holds all text. Make another one: ${command}`,
  )
}

function unusable(message: string) {
  return postgresError('storage_failed', 'open', message, 'ENCODING')
}
