import type { SendReport } from '@cscapi/client'
import { count } from './output.js'

/** One line for each reason: why, with what to do, and what it held up. */
export function putBackTexts({ problems }: SendReport): string[] {
  return problems.map(({ code, message, count: times, machines }) => {
    const what = machines > 0 ? `${count(times, 'signal')} of ${count(machines, 'machine')}` : count(times, 'time')
    return `Trouble: ${message} [${code}] (${what}).`
  })
}
