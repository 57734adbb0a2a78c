import type { Cli } from './cli.js'
import { UsageError } from './ending.js'

/** Asks before something that cannot be undone; where nobody can be asked, `--yes` has to say it. */
export async function confirmed(cli: Cli, question: string, yes: boolean): Promise<boolean> {
  if (yes) return true
  if (!process.stdin.isTTY || !cli.terminal.isTerminal) {
    throw new UsageError(`${question} Nobody can be asked here: say --yes`)
  }
  const { confirm, isCancel } = await import('@clack/prompts')
  const answer = await confirm({ message: question, initialValue: false, signal: cli.signal })
  return !isCancel(answer) && answer
}
