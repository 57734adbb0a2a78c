import type { Machine } from '@cscapi/core'
import { toMachine } from '@cscapi/storage-sql'
import * as z from 'zod'
import type { Sql } from '../connect/database.js'
import { credentialsSchema } from './credentials.js'

const READ = 'SELECT to_jsonb(c)::text AS credentials, @now AS now FROM @.credentials c WHERE machine_id = $1'

const rowsSchema = z.array(z.object({ credentials: credentialsSchema, now: z.coerce.number() })).max(1)

/**
 * A plain statement, since every login needs it: Prisma is for what is asked rarely.
 */
export async function getMachine(sql: Sql, machineId: string): Promise<Machine | undefined> {
  const [row] = rowsSchema.parse(await sql.query(READ, machineId))
  return row && toMachine('postgres', machineId, row.credentials, row.now)
}
