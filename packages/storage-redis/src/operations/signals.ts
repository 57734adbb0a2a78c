import { InputError } from '@cscapi/core'
import { ageMs, type SignalFilter, type SignalPage, type SignalStatus, type StoredSignal } from '@cscapi/storage'
import type { Partitions } from '../partitions.js'
import { texts, whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'

const STATUSES: readonly SignalStatus[] = ['pending', 'rejected', 'sent']
/** Signals that one script call looks at. */
const STEP = 500

interface Found {
  readonly position: number
  readonly signal: StoredSignal
}

const toUs = (ms = 0) => Math.round(ms * 1_000)

async function* machineIds(
  partitions: Partitions,
  filter: SignalFilter,
  from: string | undefined,
): AsyncGenerator<string> {
  if (filter.machineId !== undefined) yield filter.machineId
  else {
    if (from !== undefined) yield from
    yield* partitions.index.idsWithSignals(filter.status ?? '', from ?? '')
  }
}

export async function listSignals(
  partitions: Partitions,
  filter: SignalFilter,
  page: { after?: string; limit?: number },
): Promise<SignalPage> {
  const { after, limit = 100 } = page
  const cursor = after === undefined ? undefined : fromCursor(after)
  const found: Found[] = []
  for await (const machineId of machineIds(partitions, filter, cursor?.machineId)) {
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

/** A machine's signals in the order in which they were enqueued, whatever their status. */
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

/** Changes signals of one machine after another, until `limit` are changed. */
async function changeSignals(
  partitions: Partitions,
  filter: SignalFilter,
  limit: number,
  change: (machineId: string, most: number) => Promise<readonly unknown[]>,
): Promise<number> {
  let changed = 0
  for await (const machineId of machineIds(partitions, filter, undefined)) {
    for (let count = STEP; count === STEP && changed < limit; changed += count) {
      const [done] = await change(machineId, Math.min(STEP, limit - changed))
      count = whole(done)
    }
    if (changed >= limit) break
  }
  return changed
}

export function deleteSignals(partitions: Partitions, filter: SignalFilter, limit: number): Promise<number> {
  const { status = '', olderThanMs } = filter
  const parts = ['queue', 'list', 'uuids', 'bodies', 'rejected', 'rejectedAt', 'sent', 'sentAt'] as const
  return changeSignals(partitions, filter, limit, (machineId, most) =>
    partitions.change(scripts.deleteSignals, machineId, parts, [status, toUs(olderThanMs), most]),
  )
}

export function requeueSignals(
  partitions: Partitions,
  filter: Omit<SignalFilter, 'status'>,
  limit: number,
): Promise<number> {
  const parts = ['queue', 'list', 'bodies', 'rejected', 'rejectedAt'] as const
  return changeSignals(partitions, { ...filter, status: 'rejected' }, limit, (machineId, most) =>
    partitions.change(scripts.requeueSignals, machineId, parts, [toUs(filter.olderThanMs), most]),
  )
}
