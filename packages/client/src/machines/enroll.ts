import {
  AbortedError,
  assertEnrollable,
  CapiForbiddenError,
  type CscapiError,
  InputError,
  isCscapiError,
  machineIdRule,
  readPause,
  refusalText,
  Secret,
  StorageError,
} from '@cscapi/core'
import { printable } from '@cscapi/signals'
import { callForMachine } from '../calling/call-for-machine.js'
import type { ClientContext } from '../context.js'
import type { EnrollOptions } from './enroll-options.js'
import type { EnrollResult } from './enroll-result.js'

type Failure = Omit<Extract<EnrollResult, { error: CscapiError }>, 'machineId'>

/**
 * Enrolls one machine after the other, and ends where the others would meet the same: a refused
 * key, a wrong address, a pause.
 */
export async function enrollMachines(context: ClientContext, options: EnrollOptions): Promise<EnrollResult[]> {
  const { machineIds, signal, ...rest } = options
  const request = { ...rest, attachmentKey: Secret.reveal(options.attachmentKey) }
  assertEnrollable(request)
  assertMachineIds(context, machineIds)
  const results: EnrollResult[] = []
  let forAll: Failure | undefined
  for (const machineId of new Set(machineIds)) {
    if (signal?.aborted) throw new AbortedError('Enrolling machines', { report: results })
    if (forAll !== undefined) {
      results.push({ machineId, ...forAll })
      continue
    }
    try {
      const call = { machineId, endpoint: 'enroll', signal } as const
      const answer = await callForMachine(context, call, (token) =>
        context.capi.enroll({ ...request, token }, { signal, machineId }),
      )
      results.push({ machineId, status: answer.status, message: answer.message })
    } catch (error) {
      if (error instanceof AbortedError || (signal?.aborted && !isCscapiError(error)))
        throw new AbortedError('Enrolling machines', { report: results })
      if (!isCscapiError(error) || error instanceof InputError || error instanceof StorageError) throw error
      const failure = failureOf(error)
      results.push({ machineId, ...failure })
      if (await concernsAll(context, error)) forAll = failure
    }
  }
  return results
}

async function concernsAll({ storage }: ClientContext, error: CscapiError): Promise<boolean> {
  if (error instanceof CapiForbiddenError || error.code === 'rate_limited' || error.code === 'not_found') return true
  return error.code === 'unauthorized' && (await readPause(storage))?.reason === 'unauthorized'
}

function failureOf(error: CscapiError): Failure {
  const message = refusalText(error)
  // Tokens that are refused say nothing about the key: the machine is tried again, and fails after
  // three times.
  const isPostponed = error.retryable || error.code === 'machine_failing' || error.code === 'unauthorized'
  return { status: isPostponed ? 'postponed' : 'refused', message, error }
}

/**
 * All of them before the first call, so that a slip in the list does not end a run in its middle.
 */
function assertMachineIds({ options }: ClientContext, machineIds: readonly string[]): void {
  const issues = machineIds.flatMap((machineId, index) => {
    const rule = machineIdRule(machineId, options)
    return rule === undefined ? [] : [{ path: `machineIds[${index}]`, value: printable(machineId), rule }]
  })
  if (issues.length > 0) throw new InputError('No machine was enrolled', issues)
}
