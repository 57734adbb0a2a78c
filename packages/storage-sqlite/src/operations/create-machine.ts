import type { NewMachine } from '@cscapi/core'
import type { Sql } from '../connect/sql.js'

/** Inside a transaction. */
export function createMachine(sql: Sql, { machineId, password }: NewMachine): void {
  sql.execute('INSERT INTO machines (machine_id) VALUES (?1) ON CONFLICT (machine_id) DO NOTHING', machineId)
  const insert = `INSERT INTO credentials (machine, password) SELECT id, ?2 FROM machines WHERE machine_id = ?1 ON CONFLICT (machine) DO NOTHING`
  sql.execute(insert, machineId, password)
}
