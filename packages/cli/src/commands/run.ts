import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../examples.js'

export function declare(command: Command, cli: Cli): void {
  command
    .description(
      'Sends, pulls and deletes what is old, on schedule, until Ctrl-C. cscapi watch does the same and follows files, too.',
    )
    .option('--no-pull', 'do not pull the blocklist')
    .addHelpText('after', examples(['cscapi run', 'cscapi run --no-pull --json']))
    .action(async ({ pull }: { pull: boolean }) => {
      const { keepGoing } = await import('../follow/keep-going.js')
      return keepGoing(cli, { pull })
    })
}
