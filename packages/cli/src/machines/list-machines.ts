import { type Machine, pages, readTokenClaims } from '@cscapi/core'
import { CscapiError, oneLine } from '@cscapi/signals'
import type { Cli } from '../cli.js'
import { openToRead } from '../client/store.js'
import { configuredMachine } from '../client/use-client.js'
import { table } from '../output/table.js'
import { duration } from '../output/times.js'

/** A machine without its secrets. All times are milliseconds from now. */
interface ShownMachine {
  readonly machineId: string
  readonly registered: boolean
  readonly enrolled: boolean | undefined
  readonly failing: Machine['failing']
  readonly authFailures: number
  readonly tokenExpiresInMs: number | undefined
  readonly scenarios: readonly string[] | undefined
}

/** Lists machines, those that are failing with the reason. */
export async function listMachines(cli: Cli, { failing }: { readonly failing?: boolean }): Promise<void> {
  const storage = await openToRead(cli)
  const rows: string[][] = []
  try {
    for await (const { machines } of pages((page) => storage.listMachines({ ...page, ...(failing && { failing }) }))) {
      cli.signal.throwIfAborted()
      if (cli.terminal.closed) return
      for (const machine of machines.map(shown)) {
        if (cli.json) cli.terminal.json(machine)
        else rows.push(rowOf(machine))
      }
      await cli.terminal.drained()
    }
  } finally {
    await storage.close()
  }
  if (rows.length > 0) table(cli.terminal, ['machine', 'registered', 'enrolled', 'token', 'failing'], rows)
  else if (!cli.json) cli.terminal.tell('There are none')
}

/** Shows one machine. @throws CscapiError `machine_unknown` */
export async function showMachine(cli: Cli, id: string | undefined): Promise<void> {
  const machineId = id ?? (await configuredMachine(cli))
  const storage = await openToRead(cli)
  try {
    const machine = await storage.getMachine(machineId)
    if (machine === undefined) {
      const message = `The store has no machine ${oneLine(machineId)}: cscapi machines ls lists them, and the first send registers one`
      throw new CscapiError('machine_unknown', message)
    }
    const one = shown(machine)
    if (cli.json) cli.terminal.json(one)
    else for (const [name, value] of linesOf(one)) cli.terminal.line(`${name.padEnd(12)} ${value}`)
  } finally {
    await storage.close()
  }
}

function shown({ machineId, registered, token, failing, authFailures }: Machine): ShownMachine {
  const claims = token && readTokenClaims(token.value)
  return {
    machineId,
    registered,
    enrolled: claims && claims.organizationId !== undefined,
    failing,
    authFailures,
    tokenExpiresInMs: token?.expiresInMs,
    scenarios: token?.scenarios,
  }
}

const yesNo = (is: boolean | undefined) => (is === undefined ? '-' : is ? 'yes' : 'no')

function rowOf({ machineId, registered, enrolled, tokenExpiresInMs, failing }: ShownMachine): string[] {
  return [machineId, yesNo(registered), yesNo(enrolled), tokenText(tokenExpiresInMs), failing?.reason ?? '']
}

function tokenText(expiresInMs: number | undefined): string {
  if (expiresInMs === undefined) return 'none'
  return expiresInMs > 0 ? `${duration(expiresInMs)} left` : 'expired'
}

function linesOf(machine: ShownMachine): [string, string][] {
  const { failing, scenarios = [] } = machine
  return [
    ['machine', machine.machineId],
    ['registered', yesNo(machine.registered)],
    ['enrolled', yesNo(machine.enrolled)],
    ['token', tokenText(machine.tokenExpiresInMs)],
    ['scenarios', scenarios.join(', ') || '-'],
    [
      'failing',
      failing === undefined
        ? 'no'
        : `${failing.reason}${failing.message === undefined ? '' : `: ${failing.message}`}, for ${duration(failing.sinceMs)}, next try in ${duration(Math.max(0, failing.retryInMs))}`,
    ],
  ]
}
