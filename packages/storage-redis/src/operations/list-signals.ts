import { InputError } from '@cscapi/core'
import {
  ageMs,
  type PageRequest,
  type SignalFilter,
  type SignalPage,
  type SignalStatus,
  type StoredSignal,
} from '@cscapi/storage'
import { toUs } from '../microseconds.js'
import type { Partitions } from '../partitions.js'
import { texts, whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'
import { machinesWithSignals, STEP } from './machines-with-signals.js'

const STATUSES: readonly SignalStatus[] = ['pending', 'rejected', 'sent']

interface Found {
  readonly position: number
  readonly signal: StoredSignal
}

export async function listSignals(
  partitions: Partitions,
  filter: SignalFilter,
  { after, limit }: PageRequest,
): Promise<SignalPage> {
  const cursor = after === undefined ? undefined : fromCursor(after)
  const found: Found[] = []
  for await (const machineId of machinesWithSignals(partitions, filter, cursor?.machineId)) {
    const from = machineId === cursor?.machineId ? cursor.position : 0
    found.push(...(await ofMachine(partitions, machineId, filter, from, limit + 1 - found.length)))
    if (found.length > limit) break
  }
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  const next = found.length > limit && last !== undefined ? `${last.position}:${last.signal.machineId}` : undefined
  return { signals: shown.map(({ signal }) => signal), next }
}

function fromCursor(after: string): { position: number; machineId: string } {
  const [, position, machineId] = /^(\d{1,15}):(.*)$/s.exec(after) ?? []
  if (position !== undefined && machineId !== undefined) return { position: Number(position), machineId }
  throw new InputError('The store was not touched', [
    { path: 'after', value: after.slice(0, 200), rule: 'must be the `next` of a page' },
  ])
}

/** Reads a machine's signals in the order in which they were enqueued, whatever their status. */
async function ofMachine(
  partitions: Partitions,
  machineId: string,
  filter: SignalFilter,
  from: number,
  limit: number,
): Promise<Found[]> {
  const statuses = filter.status === undefined ? STATUSES : [filter.status]
  const found = await Promise.all(
    statuses.map((status) => ofStatus(partitions, machineId, status, filter.olderThanMs, from, limit)),
  )
  return found
    .flat()
    .sort((a, b) => a.position - b.position)
    .slice(0, limit)
}

async function ofStatus(
  partitions: Partitions,
  machineId: string,
  status: SignalStatus,
  olderThanMs: number | undefined,
  from: number,
  limit: number,
): Promise<Found[]> {
  const found: Found[] = []
  for (let at = String(from); at !== '' && found.length < limit; ) {
    const args = [status, at, Math.min(limit, STEP), toUs(olderThanMs)]
    const [now, next = '', ...fields] = texts(
      await partitions.run(
        scripts.listSignals,
        machineId,
        ['list', 'bodies', status === 'sent' ? 'sent' : 'rejected'],
        args,
      ),
    )
    for (let field = 0; field + 5 < fields.length; field += 6) {
      const [position = '', since = '', uuid = '', httpStatus = '', reason = '', payload = ''] = fields.slice(
        field,
        field + 6,
      )
      found.push({
        position: Number(position),
        signal: {
          machineId,
          uuid,
          payload,
          status,
          ageMs: Math.round(ageMs(Number(since), whole(now)) / 1_000),
          reason: status === 'rejected' ? reason : undefined,
          httpStatus: httpStatus === '' ? undefined : Number(httpStatus),
        },
      })
    }
    at = next
  }
  return found.slice(0, limit)
}
