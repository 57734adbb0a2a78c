import { type MachinePatch, StorageError } from '@cscapi/core'
import { deadlineIn } from '../../instant.js'
import type { Credentials } from '../machine.js'
import type { MemoryStore } from '../store.js'

export function updateMachine(store: MemoryStore, machineId: string, patch: MachinePatch): void {
  const machine = store.machines.get(machineId)
  if (machine === undefined) {
    const details = { adapter: 'memory', operation: 'updateMachine' }
    throw new StorageError('storage_conflict', `There is no machine ${machineId}`, details)
  }
  const now = store.now()
  const { password, registered, authFailures, token, failing } = patch
  if (password !== undefined) machine.password = password
  if (registered) machine.registered = true
  if (authFailures !== undefined) machine.authFailures = authFailures
  if (token !== undefined) machine.token = token === null ? undefined : toToken(token, now)
  if (failing === undefined) return
  machine.failing = failing === null ? undefined : toFailing(failing, machine.failing?.since, now)
  moveDueTime(store, machineId, failing?.retryAfterMs, now)
}

function toToken({ value, scenarios, lifetimeMs }: NonNullable<MachinePatch['token']>, now: number) {
  const expires = lifetimeMs === undefined ? undefined : deadlineIn(lifetimeMs, now)
  return { value, scenarios: [...scenarios], expires }
}

function toFailing(
  { reason, message, count, retryAfterMs }: NonNullable<MachinePatch['failing']>,
  since: number | undefined,
  now: number,
): Credentials['failing'] {
  return { reason, message, count, since: Math.min(since ?? now, now), retry: deadlineIn(retryAfterMs, now) }
}

/** An unleased partition is due when the machine may be tried again; `undefined`: at once. */
function moveDueTime(store: MemoryStore, machineId: string, retryAfterMs: number | undefined, now: number): void {
  const partition = store.partition(machineId)
  partition.failingUntil = retryAfterMs === undefined ? undefined : deadlineIn(retryAfterMs, now)
  if (partition.pending > 0 && !partition.isLeased(now)) store.due.set(machineId, partition.dueAt(now), now)
}
