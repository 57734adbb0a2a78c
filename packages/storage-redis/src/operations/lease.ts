import { randomUUID } from 'node:crypto'
import type { LeaseRequest, SignalLease } from '@cscapi/storage'
import { toMachine } from '../machine.js'
import { toMs, toUs } from '../microseconds.js'
import type { Partitions, Step } from '../partitions.js'
import { hash, texts, whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'
import { replay } from './replay.js'

const LEASE: Step = { apart: scripts.lease, atOnce: scripts.leaseAtOnce }

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
  const reply = await partitions.step(
    LEASE,
    machineId,
    ['queue', 'list', 'credentials'],
    [toUs(leaseMs), maxSignals, token, mayCorrect ? '1' : '0'],
  )
  const [leased, , now, attempts, attemptsFor, credentials, entries] = reply
  if (whole(leased) !== 1) return undefined
  return {
    machineId,
    token,
    machine: toMachine(machineId, hash(credentials), whole(now)),
    signals: texts(entries).map(toSignal),
    attempts: whole(attempts),
    attemptsForMs: toMs(attemptsFor),
  }
}

/** Reads `position NUL since NUL uuid NUL payload`. */
function toSignal(entry: string): { uuid: string; payload: string } {
  const uuidAt = entry.indexOf('\0', entry.indexOf('\0') + 1) + 1
  const payloadAt = entry.indexOf('\0', uuidAt) + 1
  return { uuid: entry.slice(uuidAt, payloadAt - 1), payload: entry.slice(payloadAt) }
}
