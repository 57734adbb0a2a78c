import type { InputIssue } from '@cscapi/core'
import type { LeaseRequest, LeaseResult, QueuedSignal, SignalLease } from '../port.js'
import {
  assertList,
  assertObject,
  idRule,
  isCount,
  isDuration,
  isId,
  isRecord,
  isStorable,
  issueUnless,
  listIssues,
  refuse,
  storableRule,
} from './rules.js'

/** Checks of what is added, leased and settled. */
export const signalChecks = {
  enqueue(signals: readonly QueuedSignal[]): void {
    assertList('signals', signals, 'signals')
    const issues: InputIssue[] = []
    signals.forEach((signal, index) => {
      if (!isRecord(signal)) {
        issues.push(...issueUnless(false, `signals[${index}]`, signal, 'must be an object'))
        return
      }
      const { machineId, uuid, payload } = signal
      if (isId(machineId) && isId(uuid) && isStorable(payload)) return
      issues.push(
        ...issueUnless(isId(machineId), `signals[${index}].machineId`, machineId, idRule),
        ...issueUnless(isId(uuid), `signals[${index}].uuid`, uuid, idRule),
        ...issueUnless(isStorable(payload), `signals[${index}].payload`, payload, storableRule),
      )
    })
    refuse(issues)
  },

  lease(request: LeaseRequest): void {
    assertObject('request', request)
    const { leaseMs, maxSignals } = request
    refuse([
      ...issueUnless(isDuration(leaseMs) && leaseMs > 0, 'leaseMs', leaseMs, 'must be more than 0 milliseconds'),
      ...issueUnless(isCount(maxSignals), 'maxSignals', maxSignals, 'must be a whole number above 0'),
    ])
  },

  /** Checks a lease that was handed out: whether it still holds is the store's to say. */
  held(lease: Pick<SignalLease, 'machineId' | 'token'>): void {
    assertObject('lease', lease)
    refuse([
      ...issueUnless(typeof lease.machineId === 'string', 'lease.machineId', lease.machineId, 'must be text'),
      ...issueUnless(typeof lease.token === 'string', 'lease.token', lease.token, 'must be text'),
    ])
  },

  settle(result: LeaseResult): void {
    assertObject('result', result)
    const { sent, rejected, retry } = result
    refuse([
      ...listIssues('sent', sent, isId, idRule),
      ...listIssues('rejected', rejected, isRecord, 'must be an object'),
      ...(Array.isArray(rejected) ? rejected.filter(isRecord) : []).flatMap(({ uuid, reason }, index) => [
        ...issueUnless(isId(uuid), `rejected[${index}].uuid`, uuid, idRule),
        ...issueUnless(isStorable(reason), `rejected[${index}].reason`, reason, storableRule),
      ]),
      ...issueUnless(
        retry === undefined || (isRecord(retry) && isDuration(retry.afterMs)),
        'retry.afterMs',
        isRecord(retry) ? retry.afterMs : retry,
        'must be 0 milliseconds or more',
      ),
    ])
  },

  extend(leaseMs: number): void {
    refuse(issueUnless(isDuration(leaseMs) && leaseMs > 0, 'leaseMs', leaseMs, 'must be more than 0 milliseconds'))
  },
}
