import { InputError, type Machine, StorageError, turn } from '@cscapi/core'
import { readOptions } from '@cscapi/signals'
import * as z from 'zod'
import type { Storage, StoredSignal } from './port.js'

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
  readonly machines: number
  /** Signals that the target has now, those of an earlier run included. */
  readonly signals: number
}

export interface CopyOptions {
  /** Called after each page. */
  readonly onProgress?: (progress: CopyProgress) => void
  /** Ends the copy; running it again goes on. Rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

const PAGE = 500
const LEASE_MS = 60_000
/**
 * The named values that a store cannot do without: which environment it belongs to, and what its
 * passphrase is made a key with.
 */
const NEEDED = ['environment', 'encryption:salt']

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
  for (const key of NEEDED) await copyState(key, from, to)
  const failing: Machine[] = []
  for await (const machines of pages((after) => from.listMachines(after), 'machines')) {
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
    for await (const signals of pages((page) => from.listSignals({ status }, page), 'signals')) {
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

async function copyState(key: string, from: Storage, to: Storage): Promise<void> {
  const state = await from.getState(key)
  if (state === undefined) return
  await to.setState(key, state.value, { ifVersion: 0 })
  const copied = await to.getState(key)
  if (copied !== undefined && Buffer.compare(copied.value, state.value) === 0) return
  const message = `The target has another "${key}" than the source, so what was copied would be of no use there; copy into an empty store`
  throw new StorageError('storage_conflict', message, { adapter: to.name, operation: 'copyStorage' })
}

async function copyMachine(
  { machineId, password, registered, token, authFailures }: Machine,
  to: Storage,
): Promise<void> {
  await to.createMachine({ machineId, password })
  await to.updateMachine(machineId, {
    authFailures,
    ...(registered && { registered: true as const }),
    ...(token !== undefined && {
      token: { value: token.value, scenarios: token.scenarios, lifetimeMs: token.expiresInMs },
    }),
  })
}

async function copyFailing({ machineId, failing }: Machine, to: Storage): Promise<void> {
  if (failing === undefined) return
  const { reason, message, count, retryInMs } = failing
  await to.updateMachine(machineId, { failing: { reason, message, count, retryAfterMs: Math.max(retryInMs, 0) } })
}

/** Rejects, or marks as sent, those of the signals that are pending in the target. */
async function settleAsBefore(to: Storage, signals: readonly StoredSignal[]): Promise<void> {
  const wanted = new Map(signals.map((signal) => [`${signal.machineId} ${signal.uuid}`, signal]))
  const machines = new Set(signals.map(({ machineId }) => machineId))
  let open = 0
  for (const machineId of machines) {
    const { signals: pending } = await to.listSignals({ status: 'pending', machineId }, { limit: PAGE })
    open += pending.filter(({ uuid }) => wanted.has(`${machineId} ${uuid}`)).length
  }
  const seen = new Set<string>()
  while (open > 0) {
    await turn()
    const lease = await to.lease({ leaseMs: LEASE_MS, maxSignals: PAGE })
    if (lease === undefined) throw interruptedError(to, open)
    const known = lease.signals.flatMap(({ uuid }) => wanted.get(`${lease.machineId} ${uuid}`) ?? [])
    await to.settle(lease, {
      keepSent: true,
      sent: known.filter(({ status }) => status === 'sent').map(({ uuid }) => uuid),
      rejected: known
        .filter(({ status }) => status === 'rejected')
        .map(({ uuid, reason = '', httpStatus }) => ({ uuid, reason, status: httpStatus })),
    })
    open -= known.length
    if (known.length === 0 && seen.has(lease.machineId)) throw interruptedError(to, open)
    seen.add(lease.machineId)
  }
}

/**
 * An earlier copy died while it held a lease: without its signals' status the copy would not be
 * one.
 */
function interruptedError(to: Storage, open: number): StorageError {
  const message = `${open} signals of an interrupted copy are still leased in the target; copy again in a minute`
  return new StorageError('storage_busy', message, { adapter: to.name, operation: 'copyStorage' })
}

async function* pages<Key extends string, Item>(
  read: (page: {
    after?: string
    limit: number
  }) => Promise<{ readonly [key in Key]: readonly Item[] } & { readonly next: string | undefined }>,
  key: Key,
): AsyncGenerator<readonly Item[]> {
  let after: string | undefined
  do {
    await turn()
    const page = await read({ limit: PAGE, ...(after !== undefined && { after }) })
    if (page[key].length > 0) yield page[key]
    after = page.next
  } while (after !== undefined)
}
