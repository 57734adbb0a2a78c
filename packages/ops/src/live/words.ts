import type { MachineInfo, PauseReason } from '@cscapi/client'

/** What a pause is about, for people. */
export interface PauseWords {
  readonly title: string
  readonly explanation: string
  readonly advice: string
}

/** Every pause in words (docs/operations.md has more of each). */
export const PAUSES: Readonly<Record<PauseReason, PauseWords>> = {
  forbidden: {
    title: 'CAPI blocks this address',
    explanation:
      'It answered 403, usually because too many logins came from here. Nothing is called meanwhile: a call during a ban prolongs it.',
    advice: 'Wait. If it comes back, look for another program that logs in from this address, or set a loginBudget.',
  },
  rate_limited: {
    title: 'CAPI asks to slow down',
    explanation: 'It answered 429. Sending goes on by itself when the pause is over; signals wait in the store.',
    advice: 'If it comes often, send less often or fewer signals.',
  },
  outage: {
    title: 'CAPI cannot be reached',
    explanation:
      'Several answers in a row were errors, timeouts or broken connections. Signals wait in the store, and nothing is lost.',
    advice: 'Look at this network and at the status page of CrowdSec. Sending is tried again by itself.',
  },
  unauthorized: {
    title: 'CAPI refuses fresh tokens',
    explanation:
      'Machines that had just logged in were refused. That is a trouble of the server, so no machine is given up.',
    advice: 'Wait. If it lasts, look at the status page of CrowdSec and at the base URL.',
  },
}

type WhyFailing = NonNullable<MachineInfo['failing']>['reason']

/** Every reason for which a machine is left alone, and what to do. */
export const FAILING: Readonly<Record<WhyFailing, { readonly title: string; readonly advice: string }>> = {
  credentials_refused: {
    title: 'Id or password refused',
    advice: 'Wait: it is tried again by itself. If it fails again, delete the machine and choose another id.',
  },
  machine_id_taken: {
    title: 'The id belongs to somebody else',
    advice: 'Choose another id, or restore the store that has its password.',
  },
  machine_refused: {
    title: 'CAPI blocks this machine',
    advice: 'Look at it in the CrowdSec console, or choose another id.',
  },
  register_refused: {
    title: 'Registration refused',
    advice: "Correct what CAPI's message names.",
  },
  unauthorized: {
    title: 'Fresh tokens refused',
    advice: 'Delete the machine in the console and here, and choose another id.',
  },
}
