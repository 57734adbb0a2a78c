import { once } from 'node:events'
import { InputError } from '@cscapi/client'
import { Agents, BouncerKeys, createLocalApi } from '@cscapi/local-api'
import type { Cli } from '../cli.js'
import { configuredMachine, useClient } from '../client/use-client.js'
import { readTls, type TlsFlags } from './tls.js'

export interface ServeFlags extends TlsFlags {
  readonly host?: string
  readonly port?: number
  readonly socket?: string
  readonly trustedProxy?: readonly string[]
  readonly trustedAddress?: readonly string[]
  readonly registerFrom?: readonly string[]
  readonly machinePerAgent?: boolean
}

/** Serves bouncers and agents until it is interrupted. */
export async function serveLocalApi(cli: Cli, flags: ServeFlags): Promise<void> {
  const { host, port, socket, trustedProxy, trustedAddress, registerFrom, machinePerAgent } = flags
  const tls = await readTls(flags)
  const autoRegistration = registerFrom && { ranges: registerFrom, token: await registrationToken(cli) }
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
      ...(autoRegistration && { autoRegistration }),
      ...(trustedProxy && { trustedProxies: trustedProxy }),
      ...(trustedAddress && { trustedAddresses: trustedAddress }),
      ...(machinePerAgent && { machinePerAgent }),
    })
    const listening = await api.listen({
      ...(host !== undefined && { host }),
      ...(port !== undefined && { port }),
      ...(socket !== undefined && { socket }),
      ...(tls && { tls }),
    })
    try {
      if (cli.json) cli.terminal.json({ url: listening.url })
      else cli.terminal.line(`The Local API listens on ${listening.url}`)
      if (!cli.signal.aborted) await once(cli.signal, 'abort')
    } finally {
      await listening.close()
    }
  })
}

/** @throws InputError where there is none */
async function registrationToken(cli: Cli): Promise<string> {
  const { registrationToken: token } = await cli.settings()
  if (token !== undefined) return token
  const rule = 'needs a token that agents know: set CSCAPI_REGISTRATION_TOKEN, or CSCAPI_REGISTRATION_TOKEN_FILE'
  throw new InputError('Nobody is served', [{ path: '--register-from', value: '[no token]', rule }])
}
