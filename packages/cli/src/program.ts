import { Command, Option } from 'commander'
import type { Cli } from './cli.js'
import { COMMANDS } from './commands.js'
import { examples } from './examples.js'

/**
 * Makes the program of these arguments. Only the commands whose names stand in them are loaded; the
 * others are there to be listed, and to be suggested where a name was misspelt.
 */
export async function createProgram(cli: Cli, argv: readonly string[]): Promise<Command> {
  const program = new Command('cscapi')
    .description('Share attack signals with CrowdSec, and pull its community blocklist.')
    .option('--config <file>', 'configuration file (default: cscapi.config.yaml or .json here, or in a known folder)')
    .option('--storage <url>', 'where signals and machines are kept, e.g. sqlite:./cscapi.db')
    .option('--environment <name>', 'production, development, or a base URL')
    .option('--machine-id <id>', 'the machine that signals are sent and decisions pulled as')
    .option('--json', 'results as JSON, lists as JSON lines')
    .addOption(new Option('--debug', 'show where an error came from'))
    .configureHelp({ showGlobalOptions: true })
    .showSuggestionAfterError()
    .configureOutput({
      // It repeats what was typed, which may be a stranger's.
      outputError: (text) => cli.terminal.tell(text.trimEnd().replace(/^error: /, 'cscapi: ')),
    })
    .exitOverride()
    .hook('preAction', (_, command) => {
      cli.flags = command.optsWithGlobals()
    })
    .addHelpText('after', examples(['npx @cscapi/cli init', 'cscapi status', 'cscapi help add']))
  for (const { name, summary, hidden = false, load } of COMMANDS) {
    const command = program.command(name, { hidden }).summary(summary).description(capitalised(summary))
    if (argv.includes(name)) (await load()).declare(command, cli)
  }
  return program
}

/**
 * What to parse where help is asked for: `help signals ls` is `signals ls --help`, and of a command
 * that is not there its name alone is left, so that it is refused. Commander reads one name after
 * `help`, and for a wrong one shows the help of all others, as if nothing were wrong.
 */
export function helpAsked(program: Command, argv: readonly string[]): readonly string[] {
  if (!['help', '--help', '-h'].some((word) => argv.includes(word))) return argv
  const path: string[] = []
  let isSpelt = false
  let command = program
  for (const name of program.parseOptions([...argv]).operands) {
    if (command.commands.length === 0) break
    isSpelt ||= name === 'help'
    if (name === 'help') continue
    path.push(name)
    const next = command.commands.find((one) => one.name() === name)
    if (next === undefined) return path
    command = next
  }
  return isSpelt ? [...path, '--help'] : argv
}

const capitalised = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
