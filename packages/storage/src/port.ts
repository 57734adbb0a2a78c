import type { Machine, MachineStore, StateStore } from '@cscapi/core'

/**
 * The storage port: what an adapter promises. `@cscapi/storage/conformance` tests every promise
 * with several connections at once.
 *
 * The signal queue is partitioned by machine, since CAPI authenticates per machine and a POST
 * carries one machine's signals. What a worker takes is a lease on one partition. So no two workers
 * send for a machine at once, order per machine is kept, and many processes share one store.
 *
 * Promises that hold for every method:
 * - **Only durations cross the port.** The adapter turns them into instants on the store's own
 *   clock: the server's, or an injected `now` where the store has none.
 * - **No instant is believed that its own rule could not have put there.** What was written more
 *   than `CLOCK_NOISE_MS` ahead of the clock comes from a clock that has been put back since: it
 *   counts as due now, and is written down as such by the next write. Ages are never negative.
 * - **Failures throw** a `StorageError` with a code; "nothing there" is `undefined`, `[]` or `0`.
 *   After `close()` every call throws `storage_closed`.
 * - **Bad arguments throw** an `InputError` (`checkArguments` makes it) before the store is
 *   touched: one bad signal refuses its whole batch.
 * - **An empty batch is a no-op**, and text round-trips exactly (any Unicode but U+0000 and lone
 *   surrogates, 1 MiB).
 * - Nothing blocks the event loop while it waits for a lock.
 */
export interface Storage extends MachineStore, StateStore, SignalQueue {
  /** The adapter's name in errors, e.g. `sqlite`. */
  readonly name: string
  /** What the adapter can and cannot promise. */
  readonly capabilities: StorageCapabilities
  /**
   * Connects and creates or upgrades the schema. Idempotent, safe when eight processes call it at
   * once on an empty store, and may be tried again after it failed. A schema newer than the adapter
   * is `storage_schema_newer`, and the store is left as it was. A constructor does no I/O.
   */
  open(): Promise<void>
  /**
   * Waits for calls under way and lets go of what `open` made; a connection handed in by the caller
   * stays open. Idempotent.
   */
  close(): Promise<void>
}

/** Where adapters may differ, as the conformance suite is told. */
export interface StorageCapabilities {
  /**
   * What an `enqueue` that throws may have stored: nothing (`all`), or whole machines' shares of
   * the batch (`machine`). Repeating it is safe either way.
   */
  readonly atomicEnqueue: 'all' | 'machine'
}

/** A signal on its way in. */
export interface QueuedSignal {
  /** 1 to 128 characters, compared as text. */
  readonly machineId: string
  /**
   * 1 to 128 characters. Unique per machine over all signals that the store still has. Compared as
   * text.
   */
  readonly uuid: string
  /** The exact JSON that goes on the wire; it is handed out as it came. */
  readonly payload: string
}

/** What became of a batch. */
export interface EnqueueResult {
  /** Signals that the store did not have. */
  readonly added: number
  /**
   * Signals whose `(machineId, uuid)` the store had already, or that came twice in the batch. The
   * first content wins.
   */
  readonly duplicates: number
}

/** What a worker asks for. */
export interface LeaseRequest {
  /**
   * How long the partition stays invisible to others, in milliseconds; more than 0, a fraction is
   * allowed.
   */
  readonly leaseMs: number
  /** How many signals at most; a whole number above 0, thousands are fine. */
  readonly maxSignals: number
}

/** One partition, held by this worker alone until it is settled or the lease runs out. */
export interface SignalLease {
  /** Whose signals these are. */
  readonly machineId: string
  /** Random, never used twice. */
  readonly token: string
  /** The machine, or `undefined` when no `createMachine` was made for it yet. */
  readonly machine: Machine | undefined
  /**
   * The oldest pending signals in the order they were enqueued. Empty when they were deleted
   * meanwhile: settle, so that the partition falls asleep.
   */
  readonly signals: readonly { readonly uuid: string; readonly payload: string }[]
  /** How often in a row settling asked for a retry. */
  readonly attempts: number
  /** Milliseconds since the first of these attempts; 0 when there was none. */
  readonly attemptsForMs: number
}

/** A signal that was refused for good. */
export interface RejectedSignal {
  /** Which signal of the machine it is. */
  readonly uuid: string
  /** Why, as a person reads it: CAPI's message or ours. */
  readonly reason: string
  /** The HTTP status that rejected it, if one did. */
  readonly status?: number | undefined
}

/** What became of the signals of a lease. */
export interface LeaseResult {
  /** Uuids that CAPI took. */
  readonly sent?: readonly string[]
  /** Keep sent signals (status `sent`) instead of deleting them. Default false. */
  readonly keepSent?: boolean
  /** Signals that CAPI refused for good: they become dead letters. */
  readonly rejected?: readonly RejectedSignal[]
  /** Delays the whole partition, so that order is kept. */
  readonly retry?: {
    /** Milliseconds, 0 or more. The signals of other machines do not wait. */
    readonly afterMs: number
    /**
     * Whether it raises {@link SignalLease.attempts}. A wait that says nothing about these signals
     * (a pause, a rate limit) does not. Default true.
     */
    readonly countsAsAttempt?: boolean
  }
}

/** Counts of a store. */
export interface QueueStats {
  /** Signals waiting to be sent, those under a live lease not included. */
  readonly pending: number
  /** Signals under a live lease. */
  readonly leased: number
  /**
   * Signals settled as sent since the store was made, kept or not. Never falls, whatever is
   * deleted.
   */
  readonly sent: number
  /** Rejected signals that the store still has. */
  readonly rejected: number
  /** Machines that have credentials or ever had signals. */
  readonly machines: number
  /** Machines that are left alone for a while. */
  readonly failing: number
  /** Age of the oldest signal pending or leased, in milliseconds. */
  readonly oldestPendingMs: number | undefined
}

/** `pending` includes leased signals. */
export type SignalStatus = 'pending' | 'rejected' | 'sent'

/** Which signals; all that is given must hold. */
export interface SignalFilter {
  /** Only signals of this status. Default: of any. */
  readonly status?: SignalStatus
  /** Only this machine's. Default: all. */
  readonly machineId?: string
  /** Only signals whose status is at least so many milliseconds old. */
  readonly olderThanMs?: number
}

/** A signal as the store has it. */
export interface StoredSignal extends QueuedSignal {
  /** Where it is on its way. */
  readonly status: SignalStatus
  /** Milliseconds since it was enqueued (`pending`), rejected or sent. */
  readonly ageMs: number
  /** Of a rejected signal. */
  readonly reason: string | undefined
  /** The HTTP status of a rejected signal's answer; `undefined` where ours was the refusal. */
  readonly httpStatus: number | undefined
}

/** Some signals of a listing. */
export interface SignalPage {
  /** The signals of this page. */
  readonly signals: readonly StoredSignal[]
  /** Opaque; pass it as `after` to read on. `undefined` on the last page. */
  readonly next: string | undefined
}

/** The half of the port that keeps signals. */
export interface SignalQueue {
  /**
   * Durable when it resolves, and atomic as {@link StorageCapabilities.atomicEnqueue} says. Wakes
   * the partitions it adds to, unless the machine is failing.
   */
  enqueue(signals: readonly QueuedSignal[]): Promise<EnqueueResult>
  /**
   * Takes the partition that has been due longest, or `undefined` when none is due. A lease that
   * ran out is due again, and is taken over. Its cost grows neither with the backlog nor with the
   * number of idle machines.
   */
  lease(request: LeaseRequest): Promise<SignalLease | undefined>
  /**
   * Ends the lease in one transaction. Sent, rejected and untouched signals may come together: what
   * is not named is pending again, in its old place. Any sent or rejected signal resets the attempt
   * count, then `retry` raises it. Uuids that were not leased are passed over. Counts as long as
   * the partition still bears this lease's token, even past its deadline; once it does not, nothing
   * is changed and the answer is `lost`.
   */
  settle(lease: Pick<SignalLease, 'machineId' | 'token'>, result: LeaseResult): Promise<{ lost: boolean }>
  /**
   * Gives the lease `leaseMs` from now, also past its deadline if nobody took over. False when it
   * was lost.
   */
  extend(lease: Pick<SignalLease, 'machineId' | 'token'>, leaseMs: number): Promise<boolean>
  /** Costs O(machines) at most, never O(signals). */
  stats(): Promise<QueueStats>
  /** Oldest first within a machine. `limit` defaults to 100. */
  listSignals(filter?: SignalFilter, page?: { after?: string; limit?: number }): Promise<SignalPage>
  /**
   * Deletes up to `limit` (default 500) matching signals, not those under a live lease, and returns
   * how many; call again until 0. Their uuids are forgotten.
   */
  deleteSignals(filter?: SignalFilter, limit?: number): Promise<number>
  /**
   * Makes up to `limit` (default 500) matching rejected signals pending again, as the newest of
   * their machine. Returns how many. `filter.status` is taken as `rejected`.
   */
  requeueSignals(filter?: Omit<SignalFilter, 'status'>, limit?: number): Promise<number>
}
