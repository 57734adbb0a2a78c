import { type EnrollResult, Secret } from '@cscapi/client'
import { pages } from '@cscapi/core'
import type { Storage } from '@cscapi/storage'
import type { Cli } from '../cli.js'
import { configuredMachine, useClient } from '../client/use-client.js'
import { UsageError } from '../ending.js'
import { EXIT } from '../exit-codes.js'
import { askSecret } from '../prompt-secret.js'

export interface EnrollFlags {
  readonly name?: string
  readonly tag?: readonly string[]
  readonly overwrite?: boolean
  readonly all?: boolean
}

/** Enrolls machines, and says what became of each. */
export async function enroll(cli: Cli, { name, tag, overwrite, all = false }: EnrollFlags): Promise<void> {
  const machineId = all ? undefined : await configuredMachine(cli)
  const { attachmentKey } = await cli.settings()
  const key = new Secret(
    attachmentKey ?? (await askSecret(cli, 'Attachment key of the console', 'CSCAPI_ATTACHMENT_KEY')),
  )
  await useClient(cli, 'capi', async (client, storage) => {
    const machineIds = machineId === undefined ? await machinesOf(storage) : [machineId]
    if (machineIds.length === 0) throw new UsageError('The store has no machine yet: cscapi send registers one')
    const results = await client.enrollMachines({
      machineIds,
      attachmentKey: key,
      signal: cli.signal,
      ...(name !== undefined && { name }),
      ...(tag !== undefined && { tags: tag }),
      ...(overwrite !== undefined && { overwrite }),
    })
    for (const result of results) tellResult(cli, result)
  })
}

function tellResult(cli: Cli, result: EnrollResult): void {
  const { machineId, status, message } = result
  const why = 'error' in result ? result.error.message : message
  if (cli.json) cli.terminal.json({ machineId, status, message: why })
  else cli.terminal.line(`${machineId}  ${TEXTS[status]}${why === undefined ? '' : `: ${why}`}`)
  if (status === 'refused') cli.exitWith(EXIT.failed)
  if (status === 'postponed') cli.exitWith(EXIT.later)
}

const TEXTS = {
  enrolled: 'enrolled; accept it in the console',
  'already-enrolled': 'enrolled already',
  refused: 'refused',
  postponed: 'not now',
} as const

async function machinesOf(storage: Storage): Promise<string[]> {
  const ids: string[] = []
  for await (const { machines } of pages((page) => storage.listMachines(page))) {
    ids.push(...machines.map(({ machineId }) => machineId))
  }
  return ids
}
