import { once } from 'node:events'
import type { CapiClient, StartOptions } from '@cscapi/client'
import type { Storage } from '@cscapi/storage'
import type { Cli } from '../cli.js'
import { configuredMachine, useClient } from '../client/use-client.js'
import { counted } from '../output/numbers.js'
import { retentionOf } from '../send/retention.js'
import { servePage } from './serve-page.js'
import { tellEvents } from './tell-events.js'

/** Sends on schedule, until Ctrl-C. */
export const keepSending = (cli: Cli) => keepGoing(cli, { pull: false })

/** What goes on beside the schedule, until its signal fires. */
type Beside = (client: CapiClient, storage: Storage) => Promise<void>

/**
 * Sends, pulls and deletes on schedule until Ctrl-C or SIGTERM; then what is in flight is finished
 * or put back. Any number of processes of a store may do so: one of them leads.
 */
export async function keepGoing(
  cli: Cli,
  {
    pull,
    ops,
    beside = () => ended(cli.signal),
  }: { readonly pull: boolean; readonly ops?: string | undefined; readonly beside?: Beside },
): Promise<void> {
  const settings = await cli.settings()
  const options: StartOptions = {
    retention: retentionOf(settings),
    ...(settings.sendEvery !== undefined && { sendEveryMs: settings.sendEvery }),
    ...(settings.pullEvery !== undefined && { pullEveryMs: settings.pullEvery }),
    ...(pull && { pullMachineId: await configuredMachine(cli) }),
  }
  await useClient(cli, 'capi', async (client, storage) => {
    tellEvents(cli, client)
    // Before anything begins: an address that cannot be served ends the command.
    const page = ops === undefined ? undefined : await servePage(cli, client, ops)
    try {
      await client.start(options)
      await beside(client, storage)
    } finally {
      await page?.close()
      const { pending, running } = await client.stop()
      const left =
        pending === undefined ? 'the store does not say how many signals wait' : `${counted(pending, 'signal')} waiting`
      if (cli.json) cli.terminal.json({ event: 'stopped', pending, running })
      else cli.terminal.line(`Stopped: ${left}${running ? '; something had not ended in time' : ''}`)
    }
  })
}

async function ended(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort')
}
