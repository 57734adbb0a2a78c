import type { MachinePage, SetStateOptions } from '@cscapi/core'
import type { SignalFilter, SignalPage, Storage } from './port.js'

/** Where a listing goes on (at its beginning, if absent), and how much of it is read at most. */
export interface PageRequest {
  /** Where the page before ended; `undefined` for the first. */
  readonly after?: string
  /** How many entries at most. */
  readonly limit: number
}

/**
 * The operations of a store that is open: what an adapter writes, and {@link GuardedStorage} calls.
 *
 * They may rely on arguments that were checked and defaults that were filled in, on batches and
 * lists that are not empty, and on not being called before the store is open or after `close`.
 * What each promises stands in {@link Storage}.
 */
export interface OpenStore
  extends Pick<
    Storage,
    | 'getMachine'
    | 'createMachine'
    | 'updateMachine'
    | 'deleteMachines'
    | 'getState'
    | 'enqueue'
    | 'lease'
    | 'settle'
    | 'extend'
    | 'stats'
  > {
  /** Gives a page of machines, in order of id. */
  listMachines(page: PageRequest & { readonly failing?: boolean }): Promise<MachinePage>
  /** Writes a state where its version is still the one expected. */
  setState(key: string, value: Uint8Array | undefined, options: SetStateOptions): Promise<number | undefined>
  /** Gives a page of signals, oldest first within a machine. */
  listSignals(filter: SignalFilter, page: PageRequest): Promise<SignalPage>
  /** Deletes up to `limit` matching signals, and returns how many. */
  deleteSignals(filter: SignalFilter, limit: number): Promise<number>
  /** Makes up to `limit` matching rejected signals pending, and returns how many. */
  requeueSignals(filter: Omit<SignalFilter, 'status'>, limit: number): Promise<number>
  /** Lets go of what opening made. Called once, when no operation is under way any more. */
  close(): Promise<void>
}
