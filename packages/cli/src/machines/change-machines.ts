import type { Cli } from '../cli.js'
import { openExistingStore } from '../client/store.js'
import { useClient } from '../client/use-client.js'
import { confirmed } from '../confirm.js'
import { EXIT } from '../exit-codes.js'
import { counted } from '../output/numbers.js'

/** Gives failing machines another chance. */
export async function reviveMachines(cli: Cli, ids: readonly string[]): Promise<void> {
  const unknown: string[] = []
  const revived = await useClient(
    cli,
    'store',
    async (client, storage) => {
      for (const id of ids) if ((await storage.getMachine(id)) === undefined) unknown.push(id)
      return client.reviveMachines(ids.length === 0 ? undefined : ids, { signal: cli.signal })
    },
    openExistingStore,
  )
  if (cli.json) cli.terminal.json({ revived })
  else cli.terminal.line(`${counted(revived, 'machine')} revived${revived > 0 ? ': cscapi send' : ''}`)
  tellUnknown(cli, unknown.length)
}

function tellUnknown(cli: Cli, ids: number): void {
  if (ids === 0) return
  cli.terminal.tell(`cscapi: ${counted(ids, 'id')} not known to the store`)
  cli.exitWith(EXIT.findings)
}

/** Forgets machines and all that is theirs. */
export async function removeMachines(cli: Cli, ids: readonly string[], yes: boolean): Promise<void> {
  const question = `${counted(ids.length, 'machine')} and all their signals are deleted, and the ids cannot be used again. Go on?`
  if (!(await confirmed(cli, question, yes))) return
  const removed = await useClient(
    cli,
    'store',
    (client) => client.deleteMachines(ids, { signal: cli.signal }),
    openExistingStore,
  )
  if (cli.json) cli.terminal.json({ removed })
  else cli.terminal.line(`${counted(removed, 'machine')} removed`)
  tellUnknown(cli, ids.length - removed)
}
