import type { CapiClient } from '@cscapi/client'
import type { ServeOpsOptions, ServingOps } from '@cscapi/ops'
import { InputError, type InputIssue, printable } from '@cscapi/signals'
import type { Cli } from '../cli.js'
import { UsageError } from '../ending.js'
import { variableOf } from '../settings/environment-variables.js'

const ADDRESS = /^(?:(\[[\da-f:.]+\]|[a-z\d][a-z\d.-]*):)?(\d{1,5})$/i

/**
 * Serves the operations page, and says where.
 *
 * @throws UsageError for what is no address and port; InputError for one that others reach without
 * a token, and for a token or a name that cannot be one
 */
export async function servePage(cli: Cli, client: CapiClient, given: string): Promise<ServingOps> {
  const { settings, origins } = await cli.loadedSettings()
  const { opsToken, opsHosts, opsReadOnly } = settings
  const { serveOps } = await import('@cscapi/ops')
  const options: ServeOpsOptions = {
    ...addressOf(given),
    ...(opsToken !== undefined && { token: opsToken }),
    ...(opsHosts !== undefined && { hosts: opsHosts }),
    ...(opsReadOnly !== undefined && { readOnly: opsReadOnly }),
  }
  const server = await serveOps(client, options).catch((error: unknown) => {
    throw error instanceof InputError ? namedAsGiven(error, origins) : error
  })
  if (cli.json) cli.terminal.json({ event: 'ops', url: server.url })
  else cli.terminal.line(`The operations page is at ${server.url}`)
  return server
}

function addressOf(given: string): { readonly host: string; readonly port: number } {
  const [, host = '127.0.0.1', port] = ADDRESS.exec(given) ?? []
  if (port === undefined || Number(port) > 65_535) {
    throw new UsageError(`--ops must be an address and a port, e.g. 127.0.0.1:8090 (got ${printable(given)})`)
  }
  return { host: host.replace(/[[\]]/g, ''), port: Number(port) }
}

const SETTINGS: Readonly<Record<string, string>> = { token: 'opsToken', hosts: 'opsHosts' }

/** Names options of the page as they were given here: `CSCAPI_OPS_TOKEN` for `token`. */
function namedAsGiven({ issues }: InputError, origins: ReadonlyMap<string, string>): InputError {
  const named = ({ path, ...issue }: InputIssue): InputIssue => {
    const setting = SETTINGS[path.replace(/\W.*/, '')]
    return { ...issue, path: setting === undefined ? '--ops' : (origins.get(setting) ?? variableOf(setting)) }
  }
  return new InputError('The operations page is not served', issues.map(named))
}
