import type { Machine, NewMachine } from '@cscapi/core'
import type { Sql } from '../connect/database.js'
import { postgresError } from '../errors.js'
import { getMachine } from './get-machine.js'

const ADD = `
WITH partition AS (INSERT INTO @.machines (machine_id) VALUES ($1) ON CONFLICT (machine_id) DO NOTHING)
INSERT INTO @.credentials (machine_id, password) VALUES ($1, $2) ON CONFLICT (machine_id) DO NOTHING`

/** Inserts if absent, and gives what is there then. */
export async function createMachine(sql: Sql, { machineId, password }: NewMachine): Promise<Machine> {
  await sql.execute(ADD, machineId, password)
  const created = await getMachine(sql, machineId)
  if (created !== undefined) return created
  throw postgresError('storage_conflict', 'createMachine', 'The machine was deleted meanwhile')
}
