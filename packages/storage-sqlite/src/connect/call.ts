import type { Sql } from './sql.js'

/** A call that is done in one go, with whatever else waits. */
export interface Call {
  /**
   * Whether it only reads; writes what must survive a power cut; or writes what need not, so that
   * it waits for no disk.
   */
  readonly kind: 'read' | 'write' | 'passing-write'
  /** About how many rows it is about: 1 or more. */
  readonly rows: number
  /** Does it, and returns what tells the caller so. */
  readonly run: (sql: Sql) => () => void
  readonly reject: (error: unknown) => void
}

/** A call that gives others a turn meanwhile, and is alone on the connection until it is done. */
export interface LongCall {
  readonly kind: 'long-write'
  readonly run: (sql: Sql) => Promise<() => void>
  readonly reject: (error: unknown) => void
}

/** What is done to the connection itself. It throws nothing. */
export interface Task {
  readonly kind: 'task'
  readonly run: () => Promise<void>
}

/** As many as are written in some milliseconds: others have a turn then. */
export const ROWS_A_TURN = 250

/** The first calls of those that wait which may be done at once: none where a task is the first. */
export function firstGroup(waiting: readonly (Call | LongCall | Task)[]): readonly (Call | LongCall)[] {
  const [first] = waiting
  if (first?.kind === 'long-write') return [first]
  const calls: Call[] = []
  let rows = 0
  for (const call of waiting) {
    if (call.kind === 'task' || call.kind === 'long-write' || rows >= ROWS_A_TURN) break
    calls.push(call)
    rows += call.rows
  }
  return calls
}
