import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../examples.js'
import { durationArgument } from '../settings/duration-argument.js'

export function declare(command: Command, cli: Cli): void {
  command
    .description(
      'Shows what waits, what fails, what pauses and what was pulled. Changes nothing; the store may be in use by others, and its URL is all that is needed.',
    )
    .option('--watch', 'show it again and again, until Ctrl-C')
    .option('--every <duration>', 'how often, with --watch', durationArgument('--every'), 2_000)
    .addHelpText(
      'after',
      examples([
        'cscapi status',
        'cscapi status --watch',
        'cscapi status --storage sqlite:/var/lib/cscapi/cscapi.db --json',
      ]),
    )
    .action(async ({ watch = false, every }: { watch?: boolean; every: number }) => {
      const { showStatus, watchStatus } = await import('../status/show-status.js')
      return watch ? watchStatus(cli, every) : showStatus(cli)
    })
}
