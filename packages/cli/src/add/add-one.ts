import type { Cli } from '../cli.js'
import { configuredMachine, useClient } from '../client/use-client.js'
import { EXIT } from '../exit-codes.js'
import { oneSignal, type SignalFlags } from './one-signal.js'
import { printPreview } from './preview.js'
import { addResultText } from './result-text.js'

/** Adds the signal that the flags describe. */
export async function addOne(cli: Cli, flags: SignalFlags, dryRun: boolean): Promise<void> {
  const signal = oneSignal(flags, await configuredMachine(cli))
  if (dryRun) return printPreview(cli, [signal])
  await useClient(cli, 'store', async (client) => {
    const result = await client.addSignals([signal], {
      signal: cli.signal,
      onFiltered: ({ detail }) => cli.terminal.tell(`cscapi: left out: ${detail}`),
    })
    if (cli.json) cli.terminal.json({ ...result, uuid: signal.uuid })
    else cli.terminal.line(addResultText(result))
    if (result.filtered > 0) cli.exitWith(EXIT.findings)
  })
}
