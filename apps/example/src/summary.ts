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
import type { Findings } from './watch.js'

const FORMATS =
  'sshd (syslog, or journalctl -o short-iso), access logs and error logs of nginx and Apache, endlessh, sshesame'
const MOST_SHOWN = 120

/** What became of the signals that were handed to the store. */
export interface Queued {
  readonly added: number
  readonly duplicates: number
  /** All that wait there now, from earlier runs too. */
  readonly pending: number
}

/** Everything the table at the end tells. */
export interface Results {
  readonly findings: Findings
  readonly queued: Queued
  readonly enrolled: readonly EnrollResult[]
  readonly report: SendReport
  /** POSTs of signals. */
  readonly posts: number
  readonly blocklist: Blocklist
}

/** What a pull brought, or why it brought nothing. */
export type Blocklist = PulledBlocklist | CscapiError | 'not pulled'

interface PulledBlocklist {
  readonly report: PullReport
  /** Attackers of the log that are on it. */
  readonly known: number
}

/** What the logs told; first of all, whether they were understood. */
export function tellFindings(output: Output, findings: Findings, queued: Queued, isReal: boolean): void {
  tellUseless(output, findings)
  const other = findings.other > 0 ? ` (${count(findings.other, 'line')} of no use here)` : ''
  output.line(`${count(findings.lines, 'line')} read${other}, ${count(findings.attackers.size, 'attacker')} found.`)
  for (const [scenario, attacks] of findings.scenarios) output.line(`  ${scenario}: ${count(attacks, 'attack')}`)
  const { size } = findings.notPublic
  if (size > 0) {
    const from = `${count(size, 'attacker')} ${size === 1 ? 'has an address that is' : 'have addresses that are'} not public`
    output.line(
      isReal
        ? `${from}: ${count(findings.leftOut, 'attack')} left out.`
        : `${from}; the real service would not be told of ${size === 1 ? 'it' : 'them'}.`,
    )
  }
  if (findings.firstRefused !== undefined) {
    const { line, reason } = findings.firstRefused
    output.line(`${count(findings.refused, 'attack')} cannot be reported; the first, near line ${line}: ${reason}`)
  }
  if (findings.dropped > 0) output.line(`${count(findings.dropped, 'suspect')} went unwatched: too many at once.`)
  const older = queued.pending - queued.added
  output.line(`${queuedText(queued)} queued${older > 0 ? `; ${count(older, 'signal')} left from before` : ''}.`)
}

/** What happened, as a table. */
export function tellResults(output: Output, target: Target, results: Results): void {
  const { findings, queued, enrolled, report, posts, blocklist } = results
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
  ])
  output.line()
}

/** What waits, for whom and why. */
export function tellRest(
  output: Output,
  { pending, leased }: ClientStats,
  report: SendReport,
  findings: Pick<Findings, 'lines' | 'other' | 'attackers' | 'refused'>,
): void {
  for (const text of putBackTexts(report)) output.line(text)
  if (report.stopped !== undefined) {
    output.line(
      `Sending ended early (${report.stopped}); another run makes sense in ${Math.ceil((report.resumeInMs ?? 0) / 1_000)} s.`,
    )
  }
  if (leased > 0)
    output.line(`Another process, or one that died, holds ${count(leased, 'signal')} until its lease runs out.`)
  if (pending + leased > 0) output.line(`${waitText(pending + leased)} for the next run.`)
  else if (report.sent > 0) output.line('Everything was delivered.')
  else output.line(nothingText(findings))
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

/** Most lines of no use may mean another log, or another format of one that is read. */
function tellUseless(output: Output, { lines, other, firstOther }: Findings): void {
  if (lines === 0) output.line('There was nothing in the log.')
  if (firstOther === undefined || other <= lines / 2) return
  const most =
    other === lines ? `None of ${count(lines, 'line')} was` : `Only ${lines - other} of ${count(lines, 'line')} were`
  output.line(`${most} of use here. Line ${firstOther.line}, for one: ${cut(firstOther.text)}`)
  output.line(`What is read: ${FORMATS}.`)
}

function nothingText({
  lines,
  other,
  attackers,
  refused,
}: Pick<Findings, 'lines' | 'other' | 'attackers' | 'refused'>): string {
  if (refused > 0) return 'Nothing was sent: what was found cannot be reported, as told above.'
  if (attackers.size > 0) return 'Nothing new to deliver.'
  return other > lines / 2
    ? 'Nothing was delivered, and most lines were of no use, as told above.'
    : 'Nothing to deliver.'
}

function cut(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)} …` : text
}

function queuedText({ added, duplicates }: Queued): string {
  return duplicates > 0 ? `${count(added, 'signal')} (${duplicates} already reported)` : count(added, 'signal')
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
