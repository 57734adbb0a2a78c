import type { PulledList, PullReport } from '@cscapi/client'
import type { Cli } from '../cli.js'
import { configuredMachine, useClient } from '../client/use-client.js'
import { EXIT } from '../exit-codes.js'
import { count, counted } from '../output/numbers.js'
import { duration } from '../output/times.js'

/** Pulls the blocklist. */
export async function pullDecisions(cli: Cli, force: boolean): Promise<void> {
  const machineId = await configuredMachine(cli)
  const report = await useClient(cli, 'capi', (client) =>
    client.pullDecisions({ machineId, force, signal: cli.signal }),
  )
  if (cli.json) cli.terminal.json({ ...report, lists: report.lists.map(withErrorText) })
  else for (const line of pullReportLines(report)) cli.terminal.line(line)
  if (report.lists.some(({ outcome }) => outcome === 'failed')) cli.exitWith(EXIT.findings)
}

/** What a pull did, in a sentence, and a line for each list. */
export function pullReportLines({ pulled, nextInMs, added, removed, skipped, lists, size }: PullReport): string[] {
  if (!pulled) {
    return [
      `The last pull is too recent: the next one makes sense in ${duration(nextInMs)} (--force does it now). ${counted(size, 'entry', 'entries')}`,
    ]
  }
  return [
    `${counted(size, 'entry', 'entries')} in force (${count(added)} came, ${count(removed)} went, ${count(skipped)} skipped)`,
    ...lists.map(
      (list) =>
        `  ${list.kind} ${list.name}: ${list.outcome}${list.skipped > 0 ? `, ${count(list.skipped)} skipped` : ''}${errorText(list)}`,
    ),
  ]
}

const errorText = ({ error }: PulledList) =>
  error === undefined ? '' : `: ${error instanceof Error ? error.message : error}`

const withErrorText = ({ error, ...list }: PulledList) =>
  error === undefined ? list : { ...list, error: error instanceof Error ? error.message : String(error) }
