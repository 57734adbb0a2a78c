import { randomUUID } from 'node:crypto'
import type { QueuedSignal, Storage } from '@cscapi/storage'
import { listAll } from '@cscapi/storage/conformance'
import { expect } from 'vitest'

export function signals(machineIds: readonly string[], each: number): QueuedSignal[] {
  return Array.from({ length: each }, () =>
    machineIds.map((machineId) => ({ machineId, uuid: randomUUID(), payload: '{"n":1}' })),
  ).flat()
}

/** Leases and sends until nothing is due, and gives the uuids. */
export async function drain(storage: Storage): Promise<string[]> {
  const sent: string[] = []
  for (
    let lease = await storage.lease({ leaseMs: 60_000, maxSignals: 7 });
    lease !== undefined;
    lease = await storage.lease({ leaseMs: 60_000, maxSignals: 7 })
  ) {
    const uuids = lease.signals.map(({ uuid }) => uuid)
    expect(await storage.settle(lease, { sent: uuids })).toEqual({ lost: false })
    sent.push(...uuids)
  }
  return sent.sort()
}

/** What the index adds up to is what the partitions hold. */
export async function expectIndexAgrees(storage: Storage): Promise<void> {
  const { pending, leased, rejected } = await storage.stats()
  expect({ pending: pending + leased, rejected }).toEqual({
    pending: (await listAll(storage, { status: 'pending' })).length,
    rejected: (await listAll(storage, { status: 'rejected' })).length,
  })
}
