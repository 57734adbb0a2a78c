import type { SendReport } from '@cscapi/client'
import { count, counted } from '../output/numbers.js'
import { duration } from '../output/times.js'

/** What a run did, in a sentence, and a line for each kind of trouble. */
export function sendReportLines(report: SendReport): string[] {
  const { sent, rejected, postponed, failing, requests, logins, durationMs, stopped, resumeInMs, problems } = report
  const parts = [
    `${counted(sent, 'signal')} sent`,
    ...(rejected > 0 ? [`${count(rejected)} rejected (cscapi signals rejected shows why)`] : []),
    ...(postponed > 0 ? [`${count(postponed)} put back for later`] : []),
    ...(failing > 0 ? [`${counted(failing, 'machine')} failing (cscapi machines ls --failing)`] : []),
  ]
  const how = `${counted(requests, 'request')}, ${counted(logins, 'login')}, ${duration(durationMs)}`
  return [
    `${parts.join(', ')} (${how})`,
    ...(stopped === undefined
      ? []
      : [
          `Ended early (${stopped})${resumeInMs === undefined ? '' : `: another run makes sense in ${duration(resumeInMs)}`}`,
        ]),
    ...problems.map(({ code, message, count: times }) => `  ${count(times)} × ${withCode(message, code)}`),
  ]
}

const withCode = (message: string, code: string) => (message.endsWith(`[${code}]`) ? message : `${message} [${code}]`)
