import { type Command, InvalidArgumentError } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../examples.js'

export function declare(command: Command, cli: Cli): void {
  command
    .description(
      'Prints what waits in the store, to the byte as it would leave, one signal a line, and changes nothing. cscapi add --dry-run shows it of a file before it is stored.',
    )
    .option('--limit <n>', 'so many signals at most', limitArgument, 100)
    .addHelpText('after', examples(['cscapi preview', 'cscapi preview --limit 1 | jq']))
    .action(async ({ limit }: { limit: number }) => {
      const { previewPending } = await import('../signals/list-signals.js')
      return previewPending(cli, limit)
    })
}

function limitArgument(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It takes a whole number above 0.')
}
