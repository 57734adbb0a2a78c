import type { Cli } from './cli.js'
import { UsageError } from './ending.js'

/** Asks for a secret, which is not shown; where nobody can be asked, says which variable takes it. */
export async function askSecret(cli: Cli, message: string, variable: string): Promise<string> {
  if (!process.stdin.isTTY || !cli.terminal.isTerminal) {
    throw new UsageError(
      `Nobody can be asked here for: ${message}. Set ${variable}, or ${variable}_FILE to a file that holds it`,
    )
  }
  const { isCancel, password } = await import('@clack/prompts')
  const answer = await password({ message, signal: cli.signal })
  if (isCancel(answer) || answer === undefined || answer === '')
    throw new UsageError(`Nothing was given for: ${message}`)
  return answer
}
