import type { CapiClient } from '@cscapi/client'
import { printable } from '@cscapi/signals'
import type { Cli } from '../cli.js'
import { UsageError } from '../ending.js'

const ADDRESS = /^(?:(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|localhost|\[::1\]):)?(\d{1,5})$/

/** Serves the operations page, and says where. @throws UsageError for an address that others reach */
export async function servePage(cli: Cli, client: CapiClient, given: string): Promise<{ close(): Promise<void> }> {
  const [, host = '127.0.0.1', port] = ADDRESS.exec(given) ?? []
  if (port === undefined || Number(port) > 65_535) {
    throw new UsageError(
      `--ops must be a loopback address and a port, e.g. 127.0.0.1:8090 (got ${printable(given)}). From elsewhere, open the page through ssh -L`,
    )
  }
  const { serveOps } = await import('@cscapi/ops')
  const server = await serveOps(client, { host: host.replace(/[[\]]/g, ''), port: Number(port) })
  if (cli.json) cli.terminal.json({ event: 'ops', url: server.url })
  else cli.terminal.line(`The operations page is at ${server.url}`)
  return server
}
