import type { MemoryStore } from '../store.js'

export function deleteMachines(store: MemoryStore, machineIds: readonly string[]): number {
  const { machines, partitions, due } = store
  const now = store.now()
  const known = machineIds.filter((id) => machines.has(id) || partitions.has(id))
  for (const id of known) {
    due.set(id, undefined, now)
    store.sentByDeleted += partitions.get(id)?.sent ?? 0
    partitions.delete(id)
    machines.delete(id)
  }
  return known.length
}
