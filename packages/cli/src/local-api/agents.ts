import { Agents } from '@cscapi/local-api'
import type { Cli } from '../cli.js'
import { openExistingStore, openStore, openToRead } from '../client/store.js'
import { EXIT } from '../exit-codes.js'
import { table } from '../output/table.js'

async function withAgents(cli: Cli, open: typeof openStore, work: (agents: Agents) => Promise<void>): Promise<void> {
  const storage = await open(cli)
  try {
    await work(new Agents(storage))
  } finally {
    await storage.close()
  }
}

/** Makes an agent and prints its password, once. */
export function addAgent(cli: Cli, name: string): Promise<void> {
  return withAgents(cli, openStore, async (agents) => {
    const password = await agents.add(name)
    if (cli.json) cli.terminal.json({ name, password })
    else {
      cli.terminal.line(password)
      cli.terminal.tell(`This is the password of ${name}. It is kept as a hash, and cannot be shown again.`)
    }
  })
}

export function listAgents(cli: Cli): Promise<void> {
  return withAgents(cli, openToRead, async (agents) => {
    const all = await agents.list()
    if (cli.json) for (const one of all) cli.terminal.json(one)
    else if (all.length === 0) cli.terminal.tell('There are none')
    else {
      const rows = all.map(({ name, isApproved, createdAt }) => [
        name,
        isApproved ? 'yes' : 'waits',
        new Date(createdAt).toISOString(),
      ])
      table(cli.terminal, ['agent', 'approved', 'made'], rows)
    }
  })
}

/** Lets an agent log in, or removes it. */
export function changeAgent(cli: Cli, change: 'approve' | 'remove', name: string): Promise<void> {
  return withAgents(cli, openExistingStore, async (agents) => {
    const done = await agents[change](name)
    if (cli.json) cli.terminal.json({ name, [change]: done })
    else cli.terminal.line(done ? `${name} ${change}d` : `There is no agent ${name}`)
    if (!done) cli.exitWith(EXIT.findings)
  })
}
