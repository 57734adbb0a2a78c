import type { SendReport } from '@cscapi/client'
import { count } from './output.js'

/** Why signals were put back or rejected: one kind of trouble of a run. */
interface Problem {
  readonly code: string
  readonly message: string
  /** Signals, or how often where it is about none. */
  readonly count: number
  readonly machines: number
}

const WHAT_TO_DO = new Map([
  ['network_error', 'see whether this computer reaches that host, then run again'],
  ['timeout', 'see whether this computer reaches that host, or give it longer with --timeout-ms, then run again'],
  ['not_found', 'the address of the API is wrong: look at --environment'],
  ['forbidden', 'this address is blocked: wait, and run less often'],
  ['rate_limited', 'wait, then run again'],
  ['outage', 'the service is down: run again later'],
  ['server_error', 'the service is in trouble: run again later'],
])

/** One line for each reason: why, what it held up, and what to do. */
export function putBackTexts({ problems = [] }: SendReport & { readonly problems?: readonly Problem[] }): string[] {
  return problems.map(({ code, message, count: times, machines }) => {
    const what = machines > 0 ? `${count(times, 'signal')} of ${count(machines, 'machine')}` : count(times, 'time')
    return `Trouble: ${message} [${code}] (${what}). What to do: ${WHAT_TO_DO.get(code) ?? 'see docs/errors.md'}.`
  })
}
