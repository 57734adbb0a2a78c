import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../examples.js'

export function declare(command: Command, cli: Cli): void {
  command
    .description('The configuration: flags over CSCAPI_* variables over a file.')
    .addHelpText('after', examples(['cscapi config show']))
  command
    .command('show')
    .summary('show every setting, and where it comes from')
    .description('Shows every setting that is given, and where it comes from; secrets are masked.')
    .addHelpText('after', examples(['cscapi config show', 'cscapi config show --json']))
    .action(async () => {
      const { showConfig } = await import('../settings/show-config.js')
      return showConfig(cli)
    })
}
