import type { LeaseResult, SignalLease } from '@cscapi/storage'
import { toUs } from '../microseconds.js'
import type { Partitions } from '../partitions.js'
import { list, text, whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'

export async function settle(
  partitions: Partitions,
  { machineId, token }: Pick<SignalLease, 'machineId' | 'token'>,
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
