import { randomUUID } from 'node:crypto'
import type { LeaseRequest, LeaseResult, SignalLease } from '@cscapi/storage'
import { toMachine } from '../machine-row.js'
import type { Partitions } from '../partitions.js'
import { hash, list, text, texts, whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'
import { replay } from './enqueue.js'

type Held = Pick<SignalLease, 'machineId' | 'token'>

const toMs = (microseconds: unknown) => Math.round(whole(microseconds) / 1_000)
const toUs = (ms: number) => Math.round(ms * 1_000)

/**
 * Claims a machine in the index, then asks its partition, which alone knows whether it is due; an
 * index that was wrong is put right on the way.
 */
export async function lease(partitions: Partitions, request: LeaseRequest): Promise<SignalLease | undefined> {
  const corrected = new Set<string>()
  for (;;) {
    const { machineId, stale } = await partitions.index.claim()
    // A replay that fails now comes up again; the machines that are due do not wait for it.
    const replays = await Promise.allSettled(stale.map((shard) => replay(partitions, shard)))
    if (machineId !== undefined) {
      // One that comes up again, since the clock of the index is ahead of the partition's, stays
      // claimed, or it would come up until they agree.
      const leased = await leasePartition(partitions, machineId, request, !corrected.has(machineId))
      if (leased !== undefined) return leased
      corrected.add(machineId)
    } else if (!replays.some(({ status }) => status === 'fulfilled')) return undefined
  }
}

async function leasePartition(
  partitions: Partitions,
  machineId: string,
  { leaseMs, maxSignals }: LeaseRequest,
  mayCorrect: boolean,
): Promise<SignalLease | undefined> {
  const token = randomUUID()
  const reply = list(
    await partitions.run(
      scripts.lease,
      machineId,
      ['queue', 'list', 'credentials'],
      [toUs(leaseMs), maxSignals, token],
    ),
  )
  const [leased, line, now, attempts, attemptsFor, credentials, entries] = reply
  const isLeased = whole(leased) === 1
  if (isLeased || mayCorrect) await partitions.report([{ machineId, line: text(line) }])
  if (!isLeased) return undefined
  return {
    machineId,
    token,
    machine: toMachine(machineId, hash(credentials), whole(now)),
    signals: texts(entries).map(toSignal),
    attempts: whole(attempts),
    attemptsForMs: toMs(attemptsFor),
  }
}

/** `position NUL since NUL uuid NUL payload`. */
function toSignal(entry: string): { uuid: string; payload: string } {
  const uuidAt = entry.indexOf('\0', entry.indexOf('\0') + 1) + 1
  const payloadAt = entry.indexOf('\0', uuidAt) + 1
  return { uuid: entry.slice(uuidAt, payloadAt - 1), payload: entry.slice(payloadAt) }
}

export async function settle(
  partitions: Partitions,
  { machineId, token }: Held,
  result: LeaseResult,
): Promise<{ lost: boolean }> {
  const { sent = [], rejected = [], keepSent = false, retry } = result
  const [counted, line] = list(
    await partitions.run(
      scripts.settle,
      machineId,
      ['queue', 'list', 'uuids', 'bodies', 'rejected', 'rejectedAt', 'sent', 'sentAt'],
      [
        token,
        keepSent ? '1' : '0',
        retry === undefined ? '' : toUs(retry.afterMs),
        retry !== undefined && retry.countsAsAttempt !== false ? '1' : '0',
        sent.length,
        ...sent,
        ...rejected.flatMap(({ uuid, reason, status }) => [uuid, reason, status ?? '']),
      ],
    ),
  )
  if (whole(counted) !== 1) return { lost: true }
  await partitions.report([{ machineId, line: text(line) }])
  return { lost: false }
}

export async function extend(partitions: Partitions, { machineId, token }: Held, leaseMs: number): Promise<boolean> {
  const [counted, line] = list(
    await partitions.run(scripts.extend, machineId, ['queue', 'list'], [toUs(leaseMs), token]),
  )
  if (whole(counted) !== 1) return false
  await partitions.report([{ machineId, line: text(line) }])
  return true
}
