import { isBusy } from '../errors.js'
import type { Call, LongCall } from './call.js'
import type { Sql } from './sql.js'

/** What tells the callers, in the order of their calls, once all is committed. */
export type Answers = readonly (() => void)[]

/**
 * All that the calls write is committed at once, so that a thousand callers do not wait for the
 * disk a thousand times. A writer that throws among others takes back what it has written itself,
 * and no more.
 * @throws what makes the whole fail: then nothing of it is stored
 */
export function runGroup(sql: Sql, calls: readonly (Call | LongCall)[]): Answers | Promise<Answers> {
  if (!calls.every(isShort)) return Promise.all(calls.map((call) => call.run(sql)))
  if (calls.every(({ kind }) => kind === 'read')) return runEach(sql, calls)
  const commit = () => sql.transaction(() => runEach(sql, calls))
  return calls.some(({ kind }) => kind === 'write') ? commit() : sql.passing(commit)
}

const isShort = (call: Call | LongCall): call is Call => call.kind !== 'long-write'

function runEach(sql: Sql, calls: readonly Call[]): Answers {
  const [only] = calls
  if (calls.length === 1 && only !== undefined) return [only.run(sql)]
  return calls.map((call) => (call.kind === 'read' ? call.run(sql) : runIsolated(sql, call)))
}

function runIsolated(sql: Sql, call: Call): () => void {
  sql.execute('SAVEPOINT before_call')
  try {
    const answer = call.run(sql)
    sql.execute('RELEASE before_call')
    return answer
  } catch (error) {
    if (isBusy(error)) throw error
    // Throws where SQLite has rolled back everything itself, e.g. when the disk was full.
    sql.execute('ROLLBACK TO before_call')
    sql.execute('RELEASE before_call')
    return () => call.reject(error)
  }
}
