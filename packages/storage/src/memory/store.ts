import { ageMs, type Deadline, isFromAhead } from '../instant.js'
import type { SignalFilter, SignalLease } from '../port.js'
import { DueQueue } from './due-queue.js'
import type { Credentials } from './machine.js'
import { type Entry, Partition } from './partition.js'

/** A lease as its holder names it. */
export type Held = Pick<SignalLease, 'machineId' | 'token'>

/** Everything that a store in memory holds. One or several {@link MemoryStorage}s work on it. */
export class MemoryStore {
  /** The store's clock, epoch milliseconds. */
  readonly now: () => number
  readonly machines = new Map<string, Credentials>()
  readonly values = new Map<string, { value: Uint8Array; version: number; expires: Deadline | undefined }>()
  readonly partitions = new Map<string, Partition>()
  /** Which partition is due first. */
  readonly due = new DueQueue()
  /** What machines had sent that were deleted since. */
  sentByDeleted = 0
  #order = 0
  #versions = 0

  constructor(now: () => number) {
    this.now = now
  }

  /** The next position among all signals. */
  nextOrder(): number {
    this.#order += 1
    return this.#order
  }

  /** One counter for all keys, so that no version of a value ever comes back. */
  nextVersion(): number {
    this.#versions += 1
    return this.#versions
  }

  /** The machine's partition, made where there is none. */
  partition(machineId: string): Partition {
    let partition = this.partitions.get(machineId)
    if (partition === undefined) {
      partition = new Partition()
      this.partitions.set(machineId, partition)
    }
    return partition
  }

  /** By machine, oldest first. */
  *matching({ status, machineId, olderThanMs }: SignalFilter, now: number): Generator<Entry> {
    const ids = machineId === undefined ? [...this.partitions.keys()].sort() : [machineId]
    for (const id of ids) {
      for (const entry of this.partitions.get(id)?.entries.values() ?? []) {
        if (status !== undefined && entry.status !== status) continue
        if (olderThanMs === undefined || ageMs(entry.since, now) >= olderThanMs) yield entry
        // It ages from now on, and not from when the clock that was ahead comes true.
        else if (isFromAhead(entry.since, now)) entry.since = now
      }
    }
  }
}
