import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../examples.js'

export function declare(command: Command, cli: Cli): void {
  command
    .description(
      'Sends, pulls and deletes what is old, on schedule, until Ctrl-C. cscapi watch does the same and follows files, too.',
    )
    .option('--no-pull', 'do not pull the blocklist')
    .option(
      '--ops <address:port>',
      'serve the operations page, such as on 127.0.0.1:8090; elsewhere than there with CSCAPI_OPS_TOKEN',
    )
    .addHelpText('after', examples(['cscapi run', 'cscapi run --no-pull --json', 'cscapi run --ops 127.0.0.1:8090']))
    .action(async ({ pull, ops }: { pull: boolean; ops?: string }) => {
      const { keepGoing } = await import('../follow/keep-going.js')
      return keepGoing(cli, { pull, ops })
    })
}
