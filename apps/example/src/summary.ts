import {
  type ClientStats,
  type CscapiError,
  type EnrollResult,
  isCscapiError,
  type PullReport,
  type SendReport,
} from '@cscapi/client'
import { count, type Output } from './output.js'
import { putBackTexts } from './put-back.js'
import type { Target } from './target.js'
import { mostOfNoUse, type Queued } from './tell-findings.js'
import type { Findings } from './watch.js'

/** Everything the table at the end tells. */
export interface Results {
  readonly findings: Findings
  readonly queued: Queued
  readonly enrolled: readonly EnrollResult[]
  readonly report: SendReport
  /** POSTs of signals. */
  readonly posts: number
  readonly blocklist: Blocklist
  /** Where the operations page was. */
  readonly page: string | undefined
}

/** What a pull brought, or why it brought nothing. */
export type Blocklist = PulledBlocklist | CscapiError | 'not pulled'

interface PulledBlocklist {
  readonly report: PullReport
  /** Attackers of the log that are on it. */
  readonly known: number
}

/** What happened, as a table. */
export function tellResults(output: Output, target: Target, results: Results): void {
  const { findings, queued, enrolled, report, posts, blocklist, page } = results
  output.line()
  output.table([
    ['Lines read', findings.lines.toLocaleString('en-US')],
    ['Attackers', `${findings.attackers.size.toLocaleString('en-US')} (${count(findings.attacks, 'attack')})`],
    [
      'Signals queued',
      queued.added.toLocaleString('en-US') + (queued.duplicates > 0 ? `, ${queued.duplicates} already reported` : ''),
    ],
    ['Signals sent', sentText(report)],
    ['Sends', count(posts, 'POST')],
    ['Machines enrolled', enrolledText(enrolled)],
    ...blocklistRows(blocklist, findings.attackers.size),
    ...(target.emulator === undefined ? [] : [['Seen by the emulator', seenText(target.emulator)] as const]),
    ...(page === undefined ? [] : [['Operations page', `was at ${page}`] as const]),
  ])
  output.line()
}

/** What waits, for whom and why. */
export function tellRest(
  output: Output,
  { pending, leased }: ClientStats,
  report: SendReport,
  findings: Findings,
): void {
  for (const text of putBackTexts(report)) output.line(text)
  if (report.stopped !== undefined) {
    output.line(
      `Sending ended early (${report.stopped}); another run makes sense in ${Math.ceil((report.resumeInMs ?? 0) / 1_000)} s.`,
    )
  }
  if (leased > 0)
    output.line(`Another process, or one that died, holds ${count(leased, 'signal')} until its lease runs out.`)
  output.line(
    pending + leased > 0 ? `${waitText(pending + leased)} for the next run.` : deliveredText(report, findings),
  )
}

/** What a run that did not come to its end leaves behind, and where. */
export function tellLeft(
  output: Output,
  what: 'Stopped' | 'Failed',
  { pending, leased }: ClientStats,
  place: string,
): void {
  const left = pending + leased
  output.line(
    place === 'memory' ? `${what}. ${count(left, 'signal')} in memory lost.` : `${what}. ${waitText(left)}: ${place}.`,
  )
}

/** `1 signal waits in the store`. */
export function waitText(signals: number): string {
  return `${count(signals, 'signal')} ${signals === 1 ? 'waits' : 'wait'} in the store`
}

/** Of a store that holds nothing any more. */
function deliveredText({ sent, rejected }: SendReport, findings: Findings): string {
  const { attackers, refused } = findings
  if (rejected > 0) return `${count(rejected, 'signal')} rejected for good; nothing else is left.`
  if (attackers.size === 0 && mostOfNoUse(findings))
    return `${sent > 0 ? 'What an earlier run left was delivered' : 'Nothing was delivered'}; most lines were of no use, as told above.`
  if (refused > 0)
    return `${sent > 0 ? 'What can be reported was delivered' : 'Nothing was delivered'}; not everything can be, as told above.`
  if (sent > 0) return 'Everything was delivered.'
  return attackers.size > 0 ? 'Nothing new to deliver.' : 'Nothing to deliver.'
}

function sentText({ sent, rejected, postponed, failing }: SendReport): string {
  const others = [
    rejected > 0 ? `${rejected} rejected` : '',
    postponed > 0 ? `${postponed} put back` : '',
    failing > 0 ? `${count(failing, 'machine')} failing` : '',
  ].filter(Boolean)
  return [sent.toLocaleString('en-US'), ...others].join(', ')
}

function enrolledText(results: readonly EnrollResult[]): string {
  if (results.length === 0) return 'none (CSCAPI_ATTACHMENT_KEY is not set)'
  const refusals = new Set(results.flatMap((result) => ('error' in result ? [result.error.message] : [])))
  const statuses = [...new Set(results.map(({ status }) => status))].map((status) => {
    const machines = results.filter((result) => result.status === status).length
    return `${machines} ${status.replace('-', ' ')}`
  })
  return [statuses.join(', '), ...refusals].join('; ')
}

function blocklistRows(blocklist: Blocklist, attackers: number): [label: string, value: string][] {
  if (blocklist === 'not pulled') return [['Decisions', blocklist]]
  if (isCscapiError(blocklist)) return [['Decisions', `not pulled: ${blocklist.message}`]]
  return [
    ['Decisions', pulledText(blocklist.report)],
    ['Already blocked', `${blocklist.known} of ${count(attackers, 'attacker')}`],
  ]
}

function pulledText({ pulled, nextInMs, size, lists }: PullReport): string {
  const all = size.toLocaleString('en-US')
  if (!pulled) return `${all} in the store; the next pull is due in ${Math.ceil(nextInMs / 60_000)} min`
  const failed = lists.filter(({ outcome }) => outcome === 'failed').length
  return `${all} pulled, ${count(lists.length, 'list')} among them${failed > 0 ? ` (${failed} failed)` : ''}`
}

function seenText({ signals, record, machines }: NonNullable<Target['emulator']>): string {
  return `${count(signals.size, 'signal')} in ${count(record.count({ route: 'signals' }), 'POST')}, ${signals.duplicates().length} twice, from ${count(machines.size, 'machine')}`
}
