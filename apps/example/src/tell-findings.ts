import { count, type Output } from './output.js'
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
    output.line(`${count(findings.refused, 'finding')} cannot be reported; the first, of line ${line}: ${reason}`)
  }
  if (findings.dropped > 0) output.line(`${count(findings.dropped, 'suspect')} went unwatched: too many at once.`)
  const older = queued.pending - queued.added
  output.line(`${queuedText(queued)} queued${older > 0 ? `; ${count(older, 'signal')} left from before` : ''}.`)
}

/** More than half: of another program, perhaps, or in another format. */
export function mostOfNoUse({ lines, other }: Pick<Findings, 'lines' | 'other'>): boolean {
  return other > lines / 2
}

/** Most lines of no use may mean another log, or another format of one that is read. */
function tellUseless(output: Output, { lines, other, firstOther }: Findings): void {
  if (lines === 0) output.line('There was nothing in the log.')
  if (other === 0 || !mostOfNoUse({ lines, other })) return
  const most =
    other === lines ? `None of ${count(lines, 'line')} was` : `Only ${lines - other} of ${count(lines, 'line')} were`
  const one = firstOther === undefined ? 'They are blank.' : `Line ${firstOther.line}, for one: ${cut(firstOther.text)}`
  output.line(`${most} of use here. ${one}`)
  output.line(`What is read: ${FORMATS}.`)
}

function cut(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)} …` : text
}

function queuedText({ added, duplicates }: Queued): string {
  return duplicates > 0 ? `${count(added, 'signal')} (${duplicates} already reported)` : count(added, 'signal')
}
