import { setTimeout } from 'node:timers/promises'
import { type CapiClient, isCscapiError } from '@cscapi/client'
import type { ExportReport } from '@cscapi/decisions/export'
import type { Cli } from '../cli.js'
import { configuredMachine, useClient } from '../client/use-client.js'
import { UsageError } from '../ending.js'
import { instant } from '../output/times.js'
import { reportText } from './export.js'
import { assertExportable, type ExportFlags, exportText } from './export-text.js'
import { Owed } from './owed.js'
import { pullReportLines } from './pull.js'
import { commandOf, runCommand } from './run-command.js'
import { writeInPlace } from './write-in-place.js'

interface WatchFlags extends ExportFlags {
  readonly out: string
  readonly exec?: string
  readonly reload?: string
  readonly every: number
  readonly pull: boolean
}

/** Pulls on schedule and keeps a file fresh. What fails is told, and tried again. */
export async function watchBlocklist(
  cli: Cli,
  { out, exec, reload, every, pull, ...flags }: WatchFlags,
): Promise<void> {
  assertExportable(flags)
  if (exec !== undefined && reload !== undefined)
    throw new UsageError('--reload is short for an --exec: give one of them')
  const command = reload !== undefined ? ['systemctl', 'reload', reload] : commandOf(exec)
  const machineId = pull ? await configuredMachine(cli) : undefined
  const tell = (text: string) => cli.terminal.line(`${instant(Date.now())} ${text}`)
  const owed = new Owed(out)
  await useClient(cli, 'capi', async (client) => {
    while (!cli.signal.aborted) {
      try {
        if (machineId !== undefined) await pullIfDue(cli, client, machineId, tell)
        const { changed, report } = await writeFresh(client, out, flags, () => command && owed.note())
        if (changed) tell(`${out}: ${reportText(report)}`)
        if (command !== undefined && owed.isNoted()) {
          await runCommand(command)
          await owed.clear()
          tell(`ran ${command.join(' ')}`)
        }
      } catch (error) {
        if (cli.signal.aborted) break
        // A file that cannot be written and a command that fails are put right while this runs.
        cli.terminal.tell(`cscapi: ${error instanceof Error ? error.message : String(error)}`)
        if (isCscapiError(error) && !error.retryable) throw error
      }
      await setTimeout(every, undefined, { signal: cli.signal }).catch(() => undefined)
    }
  })
}

async function pullIfDue(cli: Cli, client: CapiClient, machineId: string, tell: (text: string) => void): Promise<void> {
  try {
    const report = await client.pullDecisions({ machineId, signal: cli.signal })
    if (report.pulled) for (const line of pullReportLines(report)) tell(line)
  } catch (error) {
    if (cli.signal.aborted || !isCscapiError(error) || !error.retryable) throw error
    // The file is made of what was pulled before.
    cli.terminal.tell(`cscapi: ${error.message}`)
  }
}

async function writeFresh(
  client: CapiClient,
  out: string,
  flags: ExportFlags,
  onChange: () => Promise<void> | undefined,
): Promise<{ changed: boolean; report: ExportReport | undefined }> {
  let report: ExportReport | undefined
  const set = await client.decisions()
  const changed = await writeInPlace(
    out,
    exportText(set, flags, (done) => {
      report = done
    }),
    onChange,
  )
  return { changed, report }
}
