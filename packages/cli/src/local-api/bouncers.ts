import { BouncerKeys } from '@cscapi/local-api'
import type { Cli } from '../cli.js'
import { openExistingStore, openStore, openToRead } from '../client/store.js'
import { EXIT } from '../exit-codes.js'
import { table } from '../output/table.js'

async function withKeys(cli: Cli, open: typeof openStore, work: (keys: BouncerKeys) => Promise<void>): Promise<void> {
  const storage = await open(cli)
  try {
    await work(new BouncerKeys(storage))
  } finally {
    await storage.close()
  }
}

/** Makes a bouncer and prints its key, once. */
export function addBouncer(cli: Cli, name: string): Promise<void> {
  return withKeys(cli, openStore, async (keys) => {
    const key = await keys.add(name)
    if (cli.json) cli.terminal.json({ name, key })
    else {
      cli.terminal.line(key)
      cli.terminal.tell(`This is the key of ${name}. It is kept as a hash, and cannot be shown again.`)
    }
  })
}

export function listBouncers(cli: Cli): Promise<void> {
  return withKeys(cli, openToRead, async (keys) => {
    const all = await keys.list()
    if (cli.json) for (const one of all) cli.terminal.json(one)
    else if (all.length === 0) cli.terminal.tell('There are none')
    else {
      const rows = all.map(({ name, createdAt }) => [name, new Date(createdAt).toISOString()])
      table(cli.terminal, ['bouncer', 'made'], rows)
    }
  })
}

/** Revokes a bouncer's key. */
export function removeBouncer(cli: Cli, name: string): Promise<void> {
  return withKeys(cli, openExistingStore, async (keys) => {
    const removed = await keys.remove(name)
    if (cli.json) cli.terminal.json({ name, removed })
    else cli.terminal.line(removed ? `${name} removed` : `There is no bouncer ${name}`)
    if (!removed) cli.exitWith(EXIT.findings)
  })
}
