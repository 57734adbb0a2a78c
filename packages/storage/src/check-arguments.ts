import { InputError, type InputIssue, type SetStateOptions } from '@cscapi/core'
import type { LeaseRequest, LeaseResult, QueuedSignal } from './port.js'

const LONGEST_ID = 128
const LONGEST_KEY = 200
const LARGEST_STATE_BYTES = 16 * 1_048_576
const LONGEST_MS = 2 ** 53 - 1

/** U+0000 and lone surrogates: databases refuse or change them. */
function isStorable(text: unknown): text is string {
  return typeof text === 'string' && text.isWellFormed() && !text.includes('\0')
}

function refuse(issues: readonly InputIssue[]): void {
  if (issues.length > 0) throw new InputError('The store was not touched', issues)
}

function issueUnless(isGood: boolean, path: string, value: unknown, rule: string): InputIssue[] {
  return isGood ? [] : [{ path, value: String(value).slice(0, 200), rule }]
}

const idRule = `must be text of 1 to ${LONGEST_ID} characters without U+0000 and lone surrogates`
const isId = (id: unknown) => isStorable(id) && id.length > 0 && id.length <= LONGEST_ID
const isDuration = (ms: number) => Number.isFinite(ms) && ms >= 0 && ms <= LONGEST_MS

/** The checks that every adapter makes before it touches its store, so that nothing is half-done and all adapters say the same. */
export const checkArguments = {
  machineIds(machineIds: readonly string[]): void {
    refuse(machineIds.flatMap((id, index) => issueUnless(isId(id), `machineIds[${index}]`, id, idRule)))
  },

  enqueue(signals: readonly QueuedSignal[]): void {
    const issues: InputIssue[] = []
    signals.forEach(({ machineId, uuid, payload }, index) => {
      if (isId(machineId) && isId(uuid) && isStorable(payload)) return
      issues.push(
        ...issueUnless(isId(machineId), `signals[${index}].machineId`, machineId, idRule),
        ...issueUnless(isId(uuid), `signals[${index}].uuid`, uuid, idRule),
        ...issueUnless(
          isStorable(payload),
          `signals[${index}].payload`,
          payload,
          'must be text without U+0000 and lone surrogates',
        ),
      )
    })
    refuse(issues)
  },

  lease({ leaseMs, maxSignals }: LeaseRequest): void {
    refuse([
      ...issueUnless(isDuration(leaseMs) && leaseMs > 0, 'leaseMs', leaseMs, 'must be more than 0 milliseconds'),
      ...issueUnless(
        Number.isSafeInteger(maxSignals) && maxSignals > 0,
        'maxSignals',
        maxSignals,
        'must be a whole number above 0',
      ),
    ])
  },

  settle({ sent = [], rejected = [], retry }: LeaseResult): void {
    refuse([
      ...sent.flatMap((uuid, index) => issueUnless(isId(uuid), `sent[${index}]`, uuid, idRule)),
      ...rejected.flatMap(({ uuid, reason }, index) => [
        ...issueUnless(isId(uuid), `rejected[${index}].uuid`, uuid, idRule),
        ...issueUnless(
          isStorable(reason),
          `rejected[${index}].reason`,
          reason,
          'must be text without U+0000 and lone surrogates',
        ),
      ]),
      ...issueUnless(
        retry === undefined || isDuration(retry.afterMs),
        'retry.afterMs',
        retry?.afterMs,
        'must be 0 milliseconds or more',
      ),
    ])
  },

  extend(leaseMs: number): void {
    refuse(issueUnless(isDuration(leaseMs) && leaseMs > 0, 'leaseMs', leaseMs, 'must be more than 0 milliseconds'))
  },

  page(limit: number): void {
    refuse(issueUnless(Number.isSafeInteger(limit) && limit > 0, 'limit', limit, 'must be a whole number above 0'))
  },

  stateKey(key: string): void {
    const rule = `must be text of 1 to ${LONGEST_KEY} characters without U+0000 and lone surrogates`
    refuse(issueUnless(isStorable(key) && key.length > 0 && key.length <= LONGEST_KEY, 'key', key, rule))
  },

  state(key: string, value: Uint8Array | undefined, { expiresInMs }: SetStateOptions): void {
    checkArguments.stateKey(key)
    const bytes = value?.byteLength ?? 0
    refuse([
      ...issueUnless(
        bytes <= LARGEST_STATE_BYTES,
        'value',
        `${bytes} bytes`,
        `must be at most ${LARGEST_STATE_BYTES} bytes`,
      ),
      ...issueUnless(
        expiresInMs === undefined || (isDuration(expiresInMs) && expiresInMs > 0),
        'expiresInMs',
        expiresInMs,
        'must be more than 0 milliseconds',
      ),
    ])
  },
}
