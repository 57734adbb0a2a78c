import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { UsageError } from '../ending.js'
import { examples } from '../examples.js'

export function declare(command: Command, cli: Cli): void {
  command
    .description('Prints the completion of a shell; its names and flags are asked of this program as you type.')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText(
      'after',
      examples([
        'source <(cscapi completion bash)',
        'source <(cscapi completion zsh)',
        'cscapi completion fish | source',
      ]),
    )
    .action(async (shell: string) => {
      const { scripts } = await import('../completion/scripts.js')
      const script = scripts.get(shell)
      if (script === undefined)
        throw new UsageError(`There is no completion for ${shell}: ${[...scripts.keys()].join(', ')}`)
      cli.terminal.write(script)
    })
}
