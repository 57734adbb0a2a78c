import { randomUUID } from 'node:crypto'
import { deadlineIn } from '../../instant.js'
import type { LeaseRequest, SignalLease } from '../../port.js'
import type { MemoryStore } from '../store.js'
import { getMachine } from './get-machine.js'

export function lease(store: MemoryStore, { leaseMs, maxSignals }: LeaseRequest): SignalLease | undefined {
  const now = store.now()
  const machineId = store.due.first(now)
  if (machineId === undefined) return undefined
  const partition = store.partition(machineId)
  const entries = partition.oldest(maxSignals)
  const token = randomUUID()
  const until = deadlineIn(leaseMs, now)
  partition.lease = { token, until, held: new Map(entries.map((entry) => [entry.uuid, entry])) }
  store.due.set(machineId, until.at, now)
  partition.attemptsSince = Math.min(partition.attemptsSince, now)
  const { attempts, attemptsSince } = partition
  return {
    machineId,
    token,
    machine: getMachine(store, machineId),
    signals: entries.map(({ uuid, payload }) => ({ uuid, payload })),
    attempts,
    attemptsForMs: attempts === 0 ? 0 : now - attemptsSince,
  }
}
