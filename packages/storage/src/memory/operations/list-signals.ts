import { ageMs } from '../../instant.js'
import type { PageRequest } from '../../open-store.js'
import type { SignalFilter, SignalPage, StoredSignal } from '../../port.js'
import type { Entry } from '../partition.js'
import type { MemoryStore } from '../store.js'

export function listSignals(store: MemoryStore, filter: SignalFilter, { after, limit }: PageRequest): SignalPage {
  const now = store.now()
  const position = after === undefined ? undefined : toPosition(after)
  const found: Entry[] = []
  for (const entry of store.matching(filter, now)) {
    if (position !== undefined && !isAfter(entry, position)) continue
    found.push(entry)
    if (found.length > limit) break
  }
  const page = found.slice(0, limit)
  const last = page.at(-1)
  return {
    signals: page.map((entry) => toStored(entry, now)),
    next: found.length > limit && last ? `${last.order}:${last.machineId}` : undefined,
  }
}

type Position = Pick<Entry, 'order' | 'machineId'>

function toPosition(after: string): Position {
  const [order = ''] = after.split(':')
  return { order: Number(order), machineId: after.slice(order.length + 1) }
}

function isAfter(entry: Entry, position: Position): boolean {
  if (entry.machineId !== position.machineId) return entry.machineId > position.machineId
  return entry.order > position.order
}

function toStored({ machineId, uuid, payload, status, since, reason, httpStatus }: Entry, now: number): StoredSignal {
  return { machineId, uuid, payload, status, ageMs: ageMs(since, now), reason, httpStatus }
}
