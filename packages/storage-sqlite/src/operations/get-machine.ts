import type { Machine } from '@cscapi/core'
import { toMachine } from '@cscapi/storage-sql'
import * as z from 'zod'
import type { Sql } from '../connect/sql.js'
import { COLUMNS, credentialSchema, FIND_ID } from './credentials.js'

const credentialsSchema = z.array(credentialSchema)

const GET = `SELECT ${COLUMNS} FROM credentials c WHERE c.machine = (${FIND_ID})`
const GET_BY_ID = `SELECT ${COLUMNS} FROM credentials c WHERE c.machine = ?1`

export function getMachine(sql: Sql, machineId: string, now: number): Machine | undefined {
  return readMachine(sql.query(GET, machineId), machineId, now)
}

/** The same by the machine's key. */
export function machineOf(sql: Sql, id: number, machineId: string, now: number): Machine | undefined {
  return readMachine(sql.query(GET_BY_ID, id), machineId, now)
}

function readMachine(rows: unknown, machineId: string, now: number): Machine | undefined {
  const [row] = credentialsSchema.parse(rows)
  return row && toMachine('sqlite', machineId, row, now)
}
