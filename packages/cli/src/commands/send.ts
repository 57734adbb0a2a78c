import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../examples.js'

export function declare(command: Command, cli: Cli): void {
  command
    .description(
      'Sends everything that is due, and ends when nothing more is. Exit 3: some were rejected; 4: try again later.',
    )
    .option('--watch', 'go on, and send on schedule until Ctrl-C')
    .addHelpText('after', examples(['cscapi send', 'cscapi send --json', 'cscapi send --watch']))
    .action(async ({ watch = false }: { watch?: boolean }) => {
      if (watch) {
        const { keepSending } = await import('../follow/keep-going.js')
        return keepSending(cli)
      }
      const { sendOnce } = await import('../send/send-once.js')
      return sendOnce(cli)
    })
}
