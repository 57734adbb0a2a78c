import { once } from 'node:events'
import { Agents, BouncerKeys, createLocalApi } from '@cscapi/local-api'
import type { Cli } from '../cli.js'
import { configuredMachine, useClient } from '../client/use-client.js'

export interface ServeFlags {
  readonly host?: string
  readonly port?: number
  readonly socket?: string
}

/** Serves bouncers and agents until it is interrupted. */
export async function serveLocalApi(cli: Cli, flags: ServeFlags): Promise<void> {
  const machineId = await configuredMachine(cli)
  await useClient(cli, 'capi', async (client, storage) => {
    const api = createLocalApi({
      decisions: await client.decisions({ signal: cli.signal }),
      client,
      storage,
      machineId,
      keys: new BouncerKeys(storage),
      machines: new Agents(storage),
      onWarning: ({ message }) => cli.terminal.tell(`cscapi: ${message}`),
    })
    const listening = await api.listen(flags)
    try {
      if (cli.json) cli.terminal.json({ url: listening.url })
      else cli.terminal.line(`The Local API listens on ${listening.url}`)
      if (!cli.signal.aborted) await once(cli.signal, 'abort')
    } finally {
      await listening.close()
    }
  })
}
