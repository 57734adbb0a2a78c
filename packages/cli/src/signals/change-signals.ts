import type { Cli } from '../cli.js'
import { openExistingStore } from '../client/store.js'
import { useClient } from '../client/use-client.js'
import { confirmed } from '../confirm.js'
import { counted } from '../output/numbers.js'

/** Which rejected signals. */
export interface Which {
  readonly machine?: string
  readonly olderThan?: number
}

const filterOf = (cli: Cli, { machine, olderThan }: Which) => ({
  signal: cli.signal,
  ...(machine !== undefined && { machineId: machine }),
  ...(olderThan !== undefined && { olderThanMs: olderThan }),
})

/** Makes rejected signals pending again. */
export async function requeueSignals(cli: Cli, which: Which): Promise<void> {
  const requeued = await useClient(
    cli,
    'store',
    (client) => client.requeueRejected(filterOf(cli, which)),
    openExistingStore,
  )
  if (cli.json) cli.terminal.json({ requeued })
  else cli.terminal.line(`${counted(requeued, 'signal')} will be sent again${requeued > 0 ? ': cscapi send' : ''}`)
}

/** Deletes rejected signals. */
export async function purgeSignals(cli: Cli, which: Which & { olderThan: number; yes?: boolean }): Promise<void> {
  if (!(await confirmed(cli, 'Rejected signals are deleted for good. Go on?', which.yes === true))) return
  const filter = { ...filterOf(cli, which), olderThanMs: which.olderThan }
  const purged = await useClient(cli, 'store', (client) => client.purgeRejected(filter), openExistingStore)
  if (cli.json) cli.terminal.json({ purged })
  else cli.terminal.line(`${counted(purged, 'signal')} deleted`)
}
