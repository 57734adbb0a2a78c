import type { MachinePage, SetStateOptions } from '@cscapi/core'
import type { SignalFilter, SignalPage, Storage } from './port.js'

/** Where a listing goes on (at its beginning, if absent), and how much of it is read at most. */
export interface PageRequest {
  readonly after?: string
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
  listMachines(page: PageRequest & { readonly failing?: boolean }): Promise<MachinePage>
  setState(key: string, value: Uint8Array | undefined, options: SetStateOptions): Promise<number | undefined>
  listSignals(filter: SignalFilter, page: PageRequest): Promise<SignalPage>
  deleteSignals(filter: SignalFilter, limit: number): Promise<number>
  requeueSignals(filter: Omit<SignalFilter, 'status'>, limit: number): Promise<number>
  /** Lets go of what opening made. Called once, when no operation is under way any more. */
  close(): Promise<void>
}
