import type { Machine } from '@cscapi/core'
import { toMachine } from '@cscapi/storage-sql'
import type { Sql } from '../connect/database.js'
import { readCredentials } from './credentials.js'

export async function getMachine(sql: Sql, machineId: string): Promise<Machine | undefined> {
  const row = await readCredentials(sql, machineId)
  return row && toMachine('postgres', machineId, row, row.now)
}
