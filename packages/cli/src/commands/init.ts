import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../examples.js'
import type { InitFlags } from '../init/answers.js'

export function declare(command: Command, cli: Cli): void {
  command
    .description(
      'Asks what is needed (what you run, where its log is, which CAPI, where signals are kept, the name of this machine), writes cscapi.config.yaml, checks it, and says what to do next. What flags say is not asked.',
    )
    .option('--input <format=file...>', 'what you run and where it writes, e.g. cowrie=/var/log/cowrie/cowrie.json')
    .option('--name <name>', 'the name of this machine: its id begins with it')
    .option('--scenario <name...>', 'what your machine detects (default: what the inputs can show)')
    .option('--out <file>', 'the file to write', 'cscapi.config.yaml')
    .option('--force', 'write over a file that is there')
    .option('--yes', 'ask nothing: take the defaults for what no flag says')
    .addHelpText(
      'after',
      examples([
        'npx @cscapi/cli init',
        'cscapi init --yes --environment production --input cowrie=/var/log/cowrie/cowrie.json',
      ]),
    )
    .action(async (flags: InitFlags) => {
      const { init } = await import('../init/init.js')
      return init(cli, flags)
    })
}
