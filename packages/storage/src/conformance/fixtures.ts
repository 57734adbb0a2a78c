import { expect } from 'vitest'
import type { QueuedSignal, SignalFilter, SignalLease, Storage, StoredSignal } from '../port.js'

export const machineA = 'a'.repeat(48)
export const machineB = 'b'.repeat(48)
export const LEASE_MS = 60_000

/** Gives the n-th id of a machine; they sort by number. */
export const machineNumber = (number: number) => `m${String(number).padStart(47, '0')}`

/** Gives the n-th uuid. */
export const uuidNumber = (number: number) => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`

/** Gives so many signals of a machine, with uuids counted from `first`. */
export function signals(machineId: string, count: number, first = 0): QueuedSignal[] {
  return Array.from({ length: count }, (_, index) => {
    const uuid = uuidNumber(first + index)
    return { machineId, uuid, payload: JSON.stringify({ uuid, machine_id: machineId }) }
  })
}

export const uuids = (list: readonly { uuid: string }[]) => list.map(({ uuid }) => uuid)

/** Takes a lease that must be there. */
export async function leaseOne(storage: Storage, maxSignals = 50, leaseMs = LEASE_MS): Promise<SignalLease> {
  const lease = await storage.lease({ leaseMs, maxSignals })
  expect(lease, 'a partition should be due').toBeDefined()
  if (lease === undefined) throw new Error('no partition is due')
  return lease
}

/**
 * More turns than any case needs: an adapter that never comes to an end fails, and does not hang.
 */
const MOST_TURNS = 5_000

/**
 * Leases and settles everything that is due, and returns the uuids in the order they were handed
 * out.
 */
export async function drain(storage: Storage, maxSignals = 50): Promise<string[]> {
  const seen: string[] = []
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const lease = await storage.lease({ leaseMs: LEASE_MS, maxSignals })
    if (lease === undefined) return seen
    seen.push(...uuids(lease.signals))
    await storage.settle(lease, { sent: uuids(lease.signals) })
  }
  throw new Error('what was settled is due again and again')
}

/** Reads everything that pages bring, to the end. */
export async function readPages<T>(
  read: (after: string | undefined) => Promise<{ items: readonly T[]; next: string | undefined }>,
) {
  const found: T[] = []
  let after: string | undefined
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    const { items, next } = await read(after)
    found.push(...items)
    if (next === undefined) return found
    after = next
  }
  throw new Error('the pages have no end')
}

/** Lists all stored signals that match, over all pages. */
export async function listAll(storage: Storage, filter: SignalFilter = {}, limit = 100): Promise<StoredSignal[]> {
  return readPages(async (after) => {
    const { signals: items, next } = await storage.listSignals(filter, { limit, ...(after !== undefined && { after }) })
    expect(items.length).toBeLessThanOrEqual(limit)
    return { items, next }
  })
}

export const text = (value: string) => new TextEncoder().encode(value)
