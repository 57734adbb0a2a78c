import { InputError, type Machine, pages, turn } from '@cscapi/core'
import { readOptions } from '@cscapi/signals'
import * as z from 'zod'
import type { Storage } from '../port.js'
import { copyFailing, copyMachine } from './copy-machine.js'
import { copyNeededState } from './copy-needed-state.js'
import { PAGE, settleAsBefore } from './settle-as-before.js'

const optionsSchema = z.strictObject({
  onProgress: z
    .custom<(progress: CopyProgress) => void>((call) => typeof call === 'function', 'must be a function')
    .optional(),
  signal: z.instanceof(AbortSignal, { error: 'must be an AbortSignal' }).optional(),
})

/** @throws InputError */
function assertStorages(storages: Record<string, unknown>): void {
  const issues = Object.entries(storages).flatMap(([path, value]) =>
    typeof value === 'object' && value !== null && 'enqueue' in value
      ? []
      : [{ path, value: typeof value, rule: 'must be a storage, e.g. a SqliteStorage' }],
  )
  if (issues.length > 0) throw new InputError('Nothing was copied', issues)
}

/** What {@link copyStorage} has done so far. */
export interface CopyProgress {
  /** Machines copied so far. */
  readonly machines: number
  /** Signals that the target has now, those of an earlier run included. */
  readonly signals: number
}

/** Options of {@link copyStorage}. */
export interface CopyOptions {
  /** Called after each page. */
  readonly onProgress?: (progress: CopyProgress) => void
  /** Ends the copy; running it again goes on. Rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/**
 * Copies machines, with passwords and tokens, and all signals, with their status and in order, from
 * one store to another. Both must be open.
 *
 * Nothing may send from either store meanwhile, and the target should be empty but for an earlier
 * copy. Safe to repeat after any failure: what is there already is passed over. Ages begin anew in
 * the target. The source is left as it is.
 *
 * Sealed passwords and tokens stay sealed, and open with the same key.
 *
 * @throws InputError for an unknown option or what is no storage; StorageError (`storage_busy` for
 * a minute after a copy that died in the middle of a page, `storage_conflict` when the target
 * belongs to another environment or was sealed by itself), or the reason of `signal`
 */
export async function copyStorage(from: Storage, to: Storage, options: CopyOptions = {}): Promise<CopyProgress> {
  const { onProgress, signal } = readOptions('Nothing was copied', optionsSchema, options)
  assertStorages({ from, to })
  const progress = { machines: 0, signals: 0 }
  const advance = () => {
    onProgress?.({ ...progress })
    signal?.throwIfAborted()
  }
  signal?.throwIfAborted()
  await copyNeededState(from, to)
  const failing: Machine[] = []
  for await (const { machines } of pages((page) => from.listMachines({ ...page, limit: PAGE }))) {
    if (machines.length === 0) continue
    for (const machine of machines) {
      await turn()
      await copyMachine(machine, to)
      if (machine.failing !== undefined) failing.push(machine)
    }
    progress.machines += machines.length
    advance()
  }
  // Rejected and kept signals get their status through a lease, so they come while nothing else is
  // pending.
  for (const status of ['rejected', 'sent', 'pending'] as const) {
    for await (const { signals } of pages((page) => from.listSignals({ status }, { ...page, limit: PAGE }))) {
      if (signals.length === 0) continue
      await to.enqueue(signals)
      if (status !== 'pending') await settleAsBefore(to, signals)
      progress.signals += signals.length
      advance()
    }
  }
  // Last, because a failing machine's signals cannot be leased.
  for (const machine of failing) {
    await turn()
    await copyFailing(machine, to)
  }
  return progress
}
