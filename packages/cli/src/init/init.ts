import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { oneLine } from '@cscapi/signals'
import { Cli } from '../cli.js'
import { openStore } from '../client/store.js'
import { checkConfiguration } from '../doctor/check-configuration.js'
import { UsageError } from '../ending.js'
import { EXIT } from '../exit-codes.js'
import { machineIdNamed } from '../machines/machine-id.js'
import type { Settings } from '../settings/settings-schema.js'
import { type Answers, type InitFlags, readInputs } from './answers.js'
import { configText } from './config-text.js'
import { scenariosOf } from './programs.js'

/** Asks, writes the configuration, checks it, and says what to do next. */
export async function init(cli: Cli, flags: InitFlags): Promise<void> {
  const file = resolve(flags.out)
  if (existsSync(file) && flags.force !== true) {
    throw new UsageError(
      `${file} is there already: change it by hand, write another with --out, or write over it with --force`,
    )
  }
  const settings = await cli.settings()
  const answers = flags.yes === true ? defaults(settings, flags) : await asked(cli, settings, flags)
  await writePrivate(file, configText(answers))
  await check(cli, file, answers)
}

async function asked(cli: Cli, settings: Settings, flags: InitFlags): Promise<Answers> {
  if (!process.stdin.isTTY || !cli.terminal.isTerminal) {
    throw new UsageError(
      'Nobody can be asked here: cscapi init --yes --environment production --input cowrie=/var/log/cowrie/cowrie.json',
    )
  }
  const [{ intro, outro }, { ask }] = await Promise.all([import('@clack/prompts'), import('./ask.js')])
  intro('cscapi init')
  const answers = await ask(cli, settings, flags)
  outro(`Your machine is ${answers.machineId}`)
  return answers
}

function defaults(settings: Settings, { input = [], name = 'honeypot', scenario }: InitFlags): Answers {
  const inputs = readInputs(input)
  const { environment } = settings
  if (environment === undefined) {
    throw new UsageError(
      '--environment is missing: production, or development to try it out. Signals sent to the wrong one reach nobody',
    )
  }
  return {
    inputs,
    environment: typeof environment === 'object' ? environment.baseUrl : environment,
    storage: settings.storage,
    machineId: settings.machineId ?? machineIdNamed(name),
    scenarios: scenario ?? settings.scenarios ?? scenariosOf(inputs.map(({ format }) => format)),
  }
}

/** Readable by its owner alone: a URL of a storage may be added to it, with a password. */
async function writePrivate(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Reads what was written as the next command will, and makes the store. */
async function check(cli: Cli, file: string, { inputs }: Answers): Promise<void> {
  const next = new Cli(process, cli.signal)
  next.flags = { ...cli.flags, config: file }
  const { findings } = await checkConfiguration(next)
  await (await openStore(next)).close()
  const wrong = findings.filter(({ verdict }) => verdict === 'bad' || verdict === 'odd')
  if (cli.json) cli.terminal.json({ file, findings: wrong })
  else {
    cli.terminal.line(`Written: ${file}`)
    for (const { check: what, found, advice } of wrong)
      cli.terminal.line(`  ${what}: ${found}. ${oneLine(advice ?? '')}`)
    cli.terminal.line('Next:')
    // Whoever called it by npx has no cscapi to call.
    const self = cli.env.npm_command === 'exec' ? 'npx @cscapi/cli' : 'cscapi'
    const step = (command: string, what: string) =>
      cli.terminal.line(`  ${`${self} ${command}`.padEnd(self.length + 18)} ${what}`)
    step('doctor --online', 'registers this machine, and checks everything')
    if (inputs.length > 0) step('watch', 'follows your files, and sends what it finds')
    else step('add --help', 'shows how to add signals')
    step('status', 'shows what waits')
  }
  if (wrong.some(({ verdict }) => verdict === 'bad')) cli.exitWith(EXIT.findings)
}
