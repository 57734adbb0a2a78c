import type { LeaseResult, SignalLease } from '@cscapi/storage'
import { toUs } from '../microseconds.js'
import type { Partitions, Step } from '../partitions.js'
import { whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'

const SETTLE: Step = { apart: scripts.settle, atOnce: scripts.settleAtOnce }

export async function settle(
  partitions: Partitions,
  { machineId, token }: Pick<SignalLease, 'machineId' | 'token'>,
  result: LeaseResult,
): Promise<{ lost: boolean }> {
  const { sent = [], rejected = [], keepSent = false, retry } = result
  const [settled] = await partitions.step(
    SETTLE,
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
  )
  return { lost: whole(settled) !== 1 }
}
