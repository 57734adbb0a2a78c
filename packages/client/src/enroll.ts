import {
  AbortedError,
  assertEnrollable,
  CapiForbiddenError,
  type CscapiError,
  InputError,
  isCscapiError,
} from '@cscapi/core'
import { callForMachine } from './call.js'
import type { ClientContext } from './context.js'

export interface EnrollOptions {
  readonly machineIds: readonly string[]
  /** From the console; letters and digits. A secret. */
  readonly attachmentKey: string
  /** The name that the console shows. */
  readonly name?: string
  readonly tags?: readonly string[]
  /** Take the machine over from another account. Default false. */
  readonly overwrite?: boolean
  readonly signal?: AbortSignal
}

/** What became of one machine. Enrolment still has to be accepted in the console. */
export type EnrollResult =
  | {
      readonly machineId: string
      readonly status: 'enrolled' | 'already-enrolled'
      readonly message: string | undefined
    }
  /** CAPI refuses the key, or the machine; repeating does not help. */
  | { readonly machineId: string; readonly status: 'refused'; readonly error: CscapiError }
  /** CAPI is in trouble or forbids this address: try again later. */
  | { readonly machineId: string; readonly status: 'postponed'; readonly error: CscapiError }

/** Enrolls one machine after the other; a refused key and a pause end it, since the others would meet the same. */
export async function enrollMachines(context: ClientContext, options: EnrollOptions): Promise<EnrollResult[]> {
  const { machineIds, signal, ...request } = options
  assertEnrollable(options)
  if (machineIds.length === 0) {
    throw new InputError('No machine was enrolled', [{ path: 'machineIds', value: '[]', rule: 'must name a machine' }])
  }
  const results: EnrollResult[] = []
  let forAll: { status: 'refused' | 'postponed'; error: CscapiError } | undefined
  for (const machineId of new Set(machineIds)) {
    if (forAll !== undefined) {
      results.push({ machineId, ...forAll })
      continue
    }
    try {
      const call = { machineId, endpoint: 'enroll', signal } as const
      const answer = await callForMachine(context, call, (token) =>
        context.capi.enroll({ ...request, token }, { signal }),
      )
      results.push({ machineId, status: answer.status, message: answer.message })
    } catch (error) {
      if (!isCscapiError(error) || error instanceof InputError || error instanceof AbortedError) throw error
      const failure = { status: error.retryable ? ('postponed' as const) : ('refused' as const), error }
      results.push({ machineId, ...failure })
      if (error instanceof CapiForbiddenError || error.code === 'rate_limited') forAll = failure
    }
  }
  return results
}
