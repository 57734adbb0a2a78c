import { type CapiClient, isCscapiError, type SendProgress, type SendReport } from '@cscapi/client'
import { inSlices } from '@cscapi/core'
import type { Storage } from '@cscapi/storage'
import type { Cli } from '../cli.js'
import { useClient } from '../client/use-client.js'
import { EXIT } from '../exit-codes.js'
import { count, counted } from '../output/numbers.js'
import { progressLine } from '../output/progress.js'
import { retentionOf } from './retention.js'
import { sendReportLines } from './send-report.js'

/** Sends what is due, and deletes what was kept long enough. */
export async function sendOnce(cli: Cli): Promise<void> {
  await useClient(cli, 'capi', async (client, storage) => {
    const report = await send(cli, client)
    await applyRetention(cli, storage)
    tellReport(cli, report)
    cli.exitWith(exitCodeOf(report))
  })
}

async function send(cli: Cli, client: CapiClient): Promise<SendReport> {
  const { keepSentMs } = retentionOf(await cli.settings())
  let so: SendProgress | undefined
  const progress = await progressLine(cli.terminal, () =>
    so === undefined ? 'sending …' : `${count(so.sent)} of ${counted(so.pendingAtStart, 'signal')} sent`,
  )
  try {
    return await client.sendSignals({
      prune: keepSentMs === 0,
      signal: cli.signal,
      onProgress: (now) => {
        so = now
      },
    })
  } catch (error) {
    progress.end()
    // What was done before the end is told, too.
    if (isCscapiError(error) && 'report' in error) tellReport(cli, error.report as SendReport)
    throw error
  } finally {
    progress.end()
  }
}

function tellReport(cli: Cli, report: SendReport): void {
  if (cli.json) cli.terminal.json(report)
  else for (const line of sendReportLines(report)) cli.terminal.line(line)
}

function exitCodeOf({ stopped, rejected, postponed, failing }: SendReport) {
  if (stopped === 'misconfigured') return EXIT.failed
  if (stopped !== undefined) return EXIT.later
  // What was put back for a failing machine waits for somebody, not for time alone.
  if (rejected > 0 || failing > 0) return EXIT.findings
  return postponed > 0 ? EXIT.later : EXIT.done
}

async function applyRetention(cli: Cli, storage: Storage): Promise<void> {
  const { keepSentMs, keepRejectedMs } = retentionOf(await cli.settings())
  for (const [status, olderThanMs] of [
    ['sent', keepSentMs],
    ['rejected', keepRejectedMs],
  ] as const) {
    if (olderThanMs !== undefined)
      await inSlices(async () => (cli.signal.aborted ? 0 : storage.deleteSignals({ status, olderThanMs })))
  }
}
