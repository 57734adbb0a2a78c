import { expect } from 'vitest'
import type { QueuedSignal, SignalLease, Storage } from '../port.js'

export const machineA = 'a'.repeat(48)
export const machineB = 'b'.repeat(48)
export const LEASE_MS = 60_000

/** The n-th id of a machine; they sort by number. */
export const machineNumber = (number: number) => `m${String(number).padStart(47, '0')}`

/** The n-th uuid. */
export const uuidNumber = (number: number) => `01900000-0000-7000-8000-${String(number).padStart(12, '0')}`

/** So many signals of a machine, with uuids counted from `first`. */
export function signals(machineId: string, count: number, first = 0): QueuedSignal[] {
  return Array.from({ length: count }, (_, index) => {
    const uuid = uuidNumber(first + index)
    return { machineId, uuid, payload: JSON.stringify({ uuid, machine_id: machineId }) }
  })
}

export const uuids = (list: readonly { uuid: string }[]) => list.map(({ uuid }) => uuid)

/** A lease that must be there. */
export async function leaseOne(storage: Storage, maxSignals = 50, leaseMs = LEASE_MS): Promise<SignalLease> {
  const lease = await storage.lease({ leaseMs, maxSignals })
  expect(lease, 'a partition should be due').toBeDefined()
  if (lease === undefined) throw new Error('no partition is due')
  return lease
}

/** Leases and settles everything that is due, and returns the uuids in the order they were handed out. */
export async function drain(storage: Storage, maxSignals = 50): Promise<string[]> {
  const seen: string[] = []
  for (;;) {
    const lease = await storage.lease({ leaseMs: LEASE_MS, maxSignals })
    if (lease === undefined) return seen
    seen.push(...uuids(lease.signals))
    await storage.settle(lease, { sent: uuids(lease.signals) })
  }
}

/** All stored signals of a status, over all pages. */
export async function listAll(storage: Storage, filter: Parameters<Storage['listSignals']>[0] = {}, limit = 100) {
  const found = []
  let after: string | undefined
  do {
    const page = await storage.listSignals(filter, { limit, ...(after !== undefined && { after }) })
    found.push(...page.signals)
    after = page.next
  } while (after !== undefined)
  return found
}

export const text = (value: string) => new TextEncoder().encode(value)
