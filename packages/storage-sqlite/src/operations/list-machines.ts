import type { MachinePage } from '@cscapi/core'
import { toMachine } from '@cscapi/storage-sql'
import * as z from 'zod'
import type { Sql } from '../connect/sql.js'
import { COLUMNS, credentialSchema } from './credentials.js'

const listedSchema = z.array(credentialSchema.extend({ machineId: z.string() }))

export function listMachines(
  sql: Sql,
  { after, limit = 100, failing }: { after?: string; limit?: number; failing?: boolean },
  now: number,
): MachinePage {
  const conditions = ['1 = 1']
  if (after !== undefined) conditions.push('m.machine_id > ?2')
  if (failing !== undefined) conditions.push(`c.failing_reason IS ${failing ? 'NOT NULL' : 'NULL'}`)
  const select = `SELECT m.machine_id AS machineId, ${COLUMNS} FROM machines m JOIN credentials c ON c.machine = m.id
    WHERE ${conditions.join(' AND ')} ORDER BY m.machine_id LIMIT ?1`
  const rows = listedSchema.parse(sql.query(select, limit + 1, ...(after === undefined ? [] : [after])))
  const machines = rows.slice(0, limit).map((row) => toMachine('sqlite', row.machineId, row, now))
  return { machines, next: rows.length > limit ? machines.at(-1)?.machineId : undefined }
}
