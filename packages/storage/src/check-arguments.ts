import { InputError, type InputIssue, type MachinePatch, type NewMachine, type SetStateOptions } from '@cscapi/core'
import { printable, unknownKeyIssues } from '@cscapi/signals'
import type { LeaseRequest, LeaseResult, QueuedSignal, SignalFilter, SignalLease } from './port.js'

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
  return isGood ? [] : [{ path, value: printable(value), rule }]
}

const storableRule = 'must be text without U+0000 and lone surrogates'
const idRule = `must be text of 1 to ${LONGEST_ID} characters without U+0000 and lone surrogates`
const isId = (id: unknown) => isStorable(id) && id.length > 0 && id.length <= LONGEST_ID
const isDuration = (ms: unknown) => typeof ms === 'number' && Number.isFinite(ms) && ms >= 0 && ms <= LONGEST_MS
const isCount = (count: unknown) => Number.isSafeInteger(count) && Number(count) > 0
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/** What is no object has no fields to look at. @throws InputError */
function assertObject(path: string, value: unknown): void {
  refuse(issueUnless(isRecord(value) && !Array.isArray(value), path, value, 'must be an object'))
}

/** @throws InputError */
function assertList(path: string, value: unknown, of: string): void {
  refuse(issueUnless(Array.isArray(value), path, value, `must be a list of ${of}`))
}

/** Strings in a list that may be absent. */
function listIssues(path: string, list: unknown, isGood: (item: unknown) => boolean, rule: string): InputIssue[] {
  if (list === undefined) return []
  if (!Array.isArray(list)) return issueUnless(false, path, list, 'must be a list')
  return list.flatMap((item, index) => issueUnless(isGood(item), `${path}[${index}]`, item, rule))
}

const FILTER_KEYS: readonly (keyof SignalFilter)[] = ['status', 'machineId', 'olderThanMs']
const STATUSES: readonly unknown[] = ['pending', 'rejected', 'sent', undefined]

/**
 * The checks that every adapter makes before it touches its store, so that nothing is half-done and
 * all adapters say the same.
 */
export const checkArguments = {
  /** Of one that is only looked for: it may be any text. */
  knownMachine(machineId: string): void {
    refuse(issueUnless(typeof machineId === 'string', 'machineId', machineId, 'must be text'))
  },

  /** Of some that are only looked for. */
  knownMachines(machineIds: readonly string[]): void {
    assertList('machineIds', machineIds, 'machine ids')
    refuse(listIssues('machineIds', machineIds, (id) => typeof id === 'string', 'must be text'))
  },

  newMachine(machine: NewMachine): void {
    assertObject('machine', machine)
    refuse([
      ...issueUnless(isId(machine.machineId), 'machine.machineId', machine.machineId, idRule),
      ...issueUnless(isStorable(machine.password), 'machine.password', '[redacted]', storableRule),
    ])
  },

  patch(machineId: string, patch: MachinePatch): void {
    checkArguments.knownMachine(machineId)
    assertObject('patch', patch)
    const { password, token, failing, authFailures } = patch
    const isAbsentOr = (isGood: boolean, value: unknown) => value === undefined || isGood
    refuse([
      ...issueUnless(isAbsentOr(isStorable(password), password), 'patch.password', '[redacted]', storableRule),
      ...issueUnless(
        isAbsentOr(Number.isSafeInteger(authFailures), authFailures),
        'patch.authFailures',
        authFailures,
        'must be a whole number',
      ),
      ...issueUnless(
        isAbsentOr(token === null || isRecord(token), token),
        'patch.token',
        '[redacted]',
        'must be an object or null',
      ),
      ...issueUnless(
        isAbsentOr(failing === null || isRecord(failing), failing),
        'patch.failing',
        failing,
        'must be an object or null',
      ),
      ...(token
        ? [
            ...issueUnless(isStorable(token.value), 'patch.token.value', '[redacted]', storableRule),
            ...issueUnless(Array.isArray(token.scenarios), 'patch.token.scenarios', token.scenarios, 'must be a list'),
            ...issueUnless(
              isAbsentOr(Number.isFinite(token.lifetimeMs), token.lifetimeMs),
              'patch.token.lifetimeMs',
              token.lifetimeMs,
              'must be a number of milliseconds',
            ),
          ]
        : []),
      ...(failing
        ? issueUnless(
            Number.isFinite(failing.retryAfterMs),
            'patch.failing.retryAfterMs',
            failing.retryAfterMs,
            'must be a number of milliseconds',
          )
        : []),
    ])
  },

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

  /** A lease that was handed out: whether it still holds is the store's to say. */
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

  page(limit: number): void {
    refuse(issueUnless(isCount(limit), 'limit', limit, 'must be a whole number above 0'))
  },

  /** Where a listing goes on, and how far. */
  pageOptions(page: { after?: string; limit?: number }): void {
    assertObject('page', page)
    checkArguments.page(page.limit ?? 100)
    refuse(issueUnless(page.after === undefined || typeof page.after === 'string', 'after', page.after, 'must be text'))
  },

  /** A filter that is not understood would match too much. */
  filter(filter: SignalFilter): void {
    assertObject('filter', filter)
    const { status, machineId, olderThanMs } = filter
    const isText = machineId === undefined || typeof machineId === 'string'
    refuse([
      ...unknownKeyIssues(filter, FILTER_KEYS, { path: 'filter' }),
      ...issueUnless(STATUSES.includes(status), 'filter.status', status, 'must be "pending", "rejected" or "sent"'),
      ...issueUnless(isText, 'filter.machineId', machineId, 'must be text'),
      ...issueUnless(
        olderThanMs === undefined || isDuration(olderThanMs),
        'filter.olderThanMs',
        olderThanMs,
        'must be 0 milliseconds or more',
      ),
    ])
  },

  stateKey(key: string): void {
    const rule = `must be text of 1 to ${LONGEST_KEY} characters without U+0000 and lone surrogates`
    refuse(issueUnless(isStorable(key) && key.length > 0 && key.length <= LONGEST_KEY, 'key', key, rule))
  },

  state(key: string, value: Uint8Array | undefined, options: SetStateOptions): void {
    checkArguments.stateKey(key)
    assertObject('options', options)
    const { expiresInMs, ifVersion } = options
    const isBytes = value === undefined || value instanceof Uint8Array
    const bytes = isBytes ? (value?.byteLength ?? 0) : 0
    refuse([
      ...issueUnless(isBytes, 'value', value, 'must be bytes (a Uint8Array) or undefined'),
      ...issueUnless(
        bytes <= LARGEST_STATE_BYTES,
        'value',
        `${bytes} bytes`,
        `must be at most ${LARGEST_STATE_BYTES} bytes`,
      ),
      ...issueUnless(
        ifVersion === undefined || Number.isSafeInteger(ifVersion),
        'ifVersion',
        ifVersion,
        'must be a whole number',
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
