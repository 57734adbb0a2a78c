import type { EnqueueResult, QueuedSignal } from '@cscapi/storage'
import * as z from 'zod'
import type { Database, Sql } from '../connect/database.js'
import { textArray } from '../connect/text-array.js'
import { isTimeToSumUp, sumUp } from './pending-changes.js'

const ADD = 'SELECT * FROM @.add_signals($1, $2, $3, $4, $5, @clock)'

/** Characters in one statement, so that a batch of large signals needs no large buffers. */
const CHARACTERS_PER_STATEMENT = 16_777_216

const addedSchema = z.tuple([
  z.object({
    added: z.coerce.number(),
    change_id: z.coerce.number().nullable(),
    fresh: z
      .string()
      .transform((text): unknown => JSON.parse(text))
      .pipe(z.array(z.string()))
      .nullable(),
  }),
])

/** Adds all or none: in one statement, or in a transaction where one would be too large. */
export async function enqueue(database: Database, signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
  const slices = slicesOf(signals)
  const [first] = slices
  const results =
    slices.length === 1 && first !== undefined
      ? [await database.run((sql) => addSignals(sql, first, false))]
      : await database.transaction((sql) => addSlices(sql, slices))
  if (results.some(({ isSumDue }) => isSumDue)) await sumUp(database)
  const added = results.reduce((sum, result) => sum + result.added, 0)
  return { added, duplicates: signals.length - added }
}

/** Adds what several callers bring, in one statement, and tells of each what it added. */
export async function enqueueTogether(
  database: Database,
  calls: readonly (readonly QueuedSignal[])[],
): Promise<EnqueueResult[]> {
  const { keys, isFresh, isSumDue } = await database.run((sql) => addSignals(sql, calls.flat(), true))
  if (isSumDue) await sumUp(database)
  let at = 0
  return calls.map(({ length }) => {
    // Of callers that bring the same signal, the first has added it.
    const added = keys.slice(at, at + length).filter((key) => isFresh.delete(key)).length
    at += length
    return { added, duplicates: length - added }
  })
}

interface Added {
  readonly added: number
  readonly isSumDue: boolean
  /** What stands for each signal among those that are new. */
  readonly keys: readonly string[]
  /** The keys of those that were added, where it was asked for. */
  readonly isFresh: Set<string>
}

async function addSlices(sql: Sql, slices: readonly (readonly QueuedSignal[])[]): Promise<Added[]> {
  const results: Added[] = []
  for (const slice of slices) results.push(await addSignals(sql, slice, false))
  return results
}

/** Inserts signals and wakes their machines, in one statement. */
async function addSignals(sql: Sql, signals: readonly QueuedSignal[], tell: boolean): Promise<Added> {
  const places = new Map<string, number>()
  const whose: number[] = []
  for (const { machineId } of signals) {
    const place = places.get(machineId) ?? places.size + 1
    places.set(machineId, place)
    whose.push(place)
  }
  const uuids = signals.map(({ uuid }) => uuid)
  const payloads = signals.map(({ payload }) => payload)
  const rows = await sql.query(ADD, [...places.keys()], whose, textArray(uuids), textArray(payloads), tell)
  const [{ added, change_id: changeId, fresh }] = addedSchema.parse(rows)
  return {
    added,
    isSumDue: changeId !== null && isTimeToSumUp(changeId),
    keys: tell ? uuids.map((uuid, index) => `${whose[index]} ${uuid}`) : [],
    isFresh: new Set(fresh),
  }
}

function slicesOf(signals: readonly QueuedSignal[]): (readonly QueuedSignal[])[] {
  const slices: (readonly QueuedSignal[])[] = []
  let first = 0
  let characters = 0
  for (const [index, { payload }] of signals.entries()) {
    characters += payload.length
    if (characters < CHARACTERS_PER_STATEMENT) continue
    slices.push(signals.slice(first, index + 1))
    first = index + 1
    characters = 0
  }
  if (first < signals.length) slices.push(signals.slice(first))
  return slices
}
