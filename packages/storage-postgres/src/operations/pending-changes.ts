import * as z from 'zod'
import type { Database, Sql } from '../connect/database.js'
import { isPassing } from '../errors.js'

const SUM_UP_EVERY = 1_000

const recordedSchema = z.tuple([z.object({ id: z.coerce.number() })])

/** Notes a change inside a transaction; says whether it is time to {@link sumUp}. */
export async function recordChange(sql: Sql, change: number): Promise<boolean> {
  const rows = await sql.query('INSERT INTO @.pending_changes (change) VALUES ($1) RETURNING id', change)
  const [{ id }] = recordedSchema.parse(rows)
  return isTimeToSumUp(id)
}

/** Goes by the number of the change, of which each is given to one call only. */
export function isTimeToSumUp(id: number): boolean {
  return id % SUM_UP_EVERY === 0
}

/**
 * Puts one row in the place of all: nobody waits for it, and the table stays small however long the
 * store is used.
 */
export function sumUp(database: Database): Promise<void> {
  return afterwards(() =>
    database.run((sql) =>
      sql.execute(`WITH gone AS (DELETE FROM @.pending_changes RETURNING change)
        INSERT INTO @.pending_changes (change) SELECT coalesce(sum(change), 0) FROM gone`),
    ),
  )
}

/**
 * Does what a call leaves to be done when its change is made for good: that the server fails now is
 * no failure of the call, and the next one makes up for it.
 */
export async function afterwards(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!isPassing(error)) throw error
  }
}
