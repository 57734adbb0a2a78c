import { randomUUID } from 'node:crypto'
import type { LeaseRequest, SignalLease } from '@cscapi/storage'
import { toMachine } from '../machine.js'
import { toMs, toUs } from '../microseconds.js'
import type { Partitions, Step } from '../partitions.js'
import { hash, list, text, texts, whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'
import { CLAIM_US, LONGEST_INTENT_US } from '../shard-index.js'
import { replay } from './replay.js'

const LEASE: Step = { apart: scripts.lease, atOnce: scripts.leaseAtOnce }

/** What was found to lease, and the shards with an intent that waits for its replay. */
interface Found {
  readonly machineId: string | undefined
  readonly stale: readonly number[]
  /** `undefined` where the index was wrong; it is put right on the way. */
  readonly lease: SignalLease | undefined
}

export async function lease(partitions: Partitions, request: LeaseRequest): Promise<SignalLease | undefined> {
  const corrected = new Set<string>()
  // A repeated claim would find another machine, and lease it to nobody.
  const isAtOnce = partitions.isOneServer && partitions.connection.sendsOnce
  for (;;) {
    const found = isAtOnce ? await leaseNext(partitions, request) : await claimAndLease(partitions, request, corrected)
    // A replay that fails now comes up again; the machines that are due do not wait for it.
    const replays = await Promise.allSettled(found.stale.map((shard) => replay(partitions, shard)))
    if (found.lease !== undefined) return found.lease
    if (found.machineId === undefined && !replays.some(({ status }) => status === 'fulfilled')) return undefined
  }
}

/** Finds the machine that is due next and leases it, in one script. */
async function leaseNext(partitions: Partitions, request: LeaseRequest): Promise<Found> {
  const { connection, index, keys, offset } = partitions
  const token = randomUUID()
  const args = [
    '',
    ...argumentsOf(request, token, true),
    CLAIM_US,
    index.skewUs,
    LONGEST_INTENT_US,
    keys.everyPartition,
  ]
  const scriptKeys = [...index.keysAtOnce, ...keys.shard(0, 'intents')]
  const [stale, id, ...reply] = list(await connection.run(scripts.leaseNext, scriptKeys, [offset, ...args]))
  const machineId = text(id)
  return {
    stale: stale === '1' ? [0] : [],
    machineId: machineId === '' ? undefined : machineId,
    lease: machineId === '' ? undefined : toLease(machineId, token, reply),
  }
}

/**
 * Claims a machine in the index, then asks its partition, which alone knows whether it is due; an
 * index that was wrong is put right on the way.
 */
async function claimAndLease(partitions: Partitions, request: LeaseRequest, corrected: Set<string>): Promise<Found> {
  const { machineId, stale } = await partitions.index.claim()
  if (machineId === undefined) return { machineId, stale, lease: undefined }
  const token = randomUUID()
  // One that comes up again, since the clock of the index is ahead of the partition's, stays
  // claimed, or it would come up until they agree.
  const args = argumentsOf(request, token, !corrected.has(machineId))
  corrected.add(machineId)
  const reply = await partitions.step(LEASE, machineId, ['queue', 'list', 'credentials'], args)
  return { machineId, stale, lease: toLease(machineId, token, reply) }
}

function argumentsOf({ leaseMs, maxSignals }: LeaseRequest, token: string, mayCorrect: boolean): (string | number)[] {
  return [toUs(leaseMs), maxSignals, token, mayCorrect ? '1' : '0']
}

function toLease(machineId: string, token: string, reply: readonly unknown[]): SignalLease | undefined {
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
