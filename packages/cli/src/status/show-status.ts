import { setTimeout } from 'node:timers/promises'
import { isCscapiError } from '@cscapi/signals'
import type { Cli } from '../cli.js'
import { openToRead } from '../client/store.js'
import { instant } from '../output/times.js'
import { readStatus } from './read-status.js'
import { statusLines } from './status-lines.js'

/** Shows a store once. */
export async function showStatus(cli: Cli): Promise<void> {
  const storage = await openToRead(cli)
  try {
    const status = await readStatus(storage)
    if (cli.json) cli.terminal.json(status)
    else cli.terminal.write(`${statusLines(status).join('\n')}\n`)
  } finally {
    await storage.close()
  }
}

/**
 * Shows it again and again until Ctrl-C: in place in a terminal, else block after block. A store
 * that is away for a while is told, and looked at again.
 */
export async function watchStatus(cli: Cli, everyMs: number): Promise<void> {
  const storage = await openToRead(cli)
  const show = await screen(cli)
  try {
    while (!cli.signal.aborted && !cli.terminal.closed) {
      try {
        const status = await readStatus(storage)
        if (cli.json) cli.terminal.json({ time: instant(Date.now()), ...status })
        else show([...statusLines(status), '', `${instant(Date.now())}, every ${everyMs / 1_000}s; Ctrl-C ends it`])
      } catch (error) {
        if (!isCscapiError(error) || !error.retryable) throw error
        cli.terminal.tell(`cscapi: ${error.message}`)
      }
      await setTimeout(everyMs, undefined, { signal: cli.signal }).catch(() => undefined)
    }
  } finally {
    show()
    await storage.close()
  }
}

/** Shows lines where others were before; without lines, leaves the last ones there. */
async function screen({ json, terminal }: Cli): Promise<(lines?: readonly string[]) => void> {
  if (json || !terminal.isTerminal) return (lines) => lines && terminal.write(`${lines.join('\n')}\n\n`)
  const { default: logUpdate } = await import('log-update')
  return (lines) => (lines === undefined ? logUpdate.done() : logUpdate(lines.join('\n')))
}
