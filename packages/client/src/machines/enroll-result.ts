import type { CscapiError } from '@cscapi/core'

/**
 * What became of one machine. Enrolment still has to be accepted in the console. `message` is what
 * CAPI said, if anything.
 */
export type EnrollResult =
  | {
      readonly machineId: string
      readonly status: 'enrolled' | 'already-enrolled'
      readonly message: string | undefined
    }
  | {
      readonly machineId: string
      /** CAPI refuses the key, or the machine: repeating does not help. */
      readonly status: 'refused'
      readonly message: string | undefined
      readonly error: CscapiError
    }
  | {
      readonly machineId: string
      /**
       * CAPI is in trouble, forbids this address for now, or refused the machine a while ago: try
       * again later.
       */
      readonly status: 'postponed'
      readonly message: string | undefined
      readonly error: CscapiError
    }
