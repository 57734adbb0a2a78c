import { hostname } from 'node:os'
import { cancel, isCancel, multiselect, select, text } from '@clack/prompts'
import type { Cli } from '../cli.js'
import { defaultStorage } from '../client/store.js'
import { UsageError } from '../ending.js'
import { machineIdNamed } from '../machines/machine-id.js'
import type { Settings } from '../settings/settings-schema.js'
import { type Answers, type InitFlags, type Input, readInputs } from './answers.js'
import { PROGRAMS, scenariosOf } from './programs.js'

/** Asks what no flag and no variable has said. @throws UsageError when somebody gives up */
export async function ask(cli: Cli, settings: Settings, flags: InitFlags): Promise<Answers> {
  const inputs = flags.input === undefined ? await askInputs(cli) : readInputs(flags.input)
  const environment = environmentText(settings) ?? (await askEnvironment(cli))
  const storage = settings.storage ?? (await askStorage(cli))
  const machineId = settings.machineId ?? machineIdNamed(flags.name ?? (await askName(cli)))
  const scenarios =
    flags.scenario ?? settings.scenarios ?? (await askScenarios(cli, scenariosOf(inputs.map(({ format }) => format))))
  return { inputs, environment, storage, machineId, scenarios }
}

/** An environment as a configuration has it. */
function environmentText({ environment }: Settings): string | undefined {
  return typeof environment === 'object' ? environment.baseUrl : environment
}

async function askInputs(cli: Cli): Promise<Input[]> {
  const formats = await answer(
    multiselect({
      message: 'What do you run? (space selects, enter goes on; none: programs call cscapi add)',
      options: PROGRAMS.map(({ format, label }) => ({ value: format, label, hint: format })),
      required: false,
      maxItems: 12,
      signal: cli.signal,
    }),
  )
  const inputs: Input[] = []
  for (const format of formats) {
    const program = PROGRAMS.find((one) => one.format === format)
    const file = await answer(
      text({
        message: `Where does ${program?.label ?? format} write?`,
        initialValue: program?.file ?? '',
        validate: (value) => (value ? undefined : 'Name a file'),
        signal: cli.signal,
      }),
    )
    inputs.push({ format, file })
  }
  return inputs
}

function askEnvironment(cli: Cli): Promise<string> {
  return answer(
    select({
      message: 'Which CAPI?',
      options: [
        { value: 'production', label: 'production', hint: 'signals help everybody' },
        { value: 'development', label: 'development', hint: 'signals go nowhere: for trying it out' },
      ],
      signal: cli.signal,
    }),
  )
}

async function askStorage(cli: Cli): Promise<string | undefined> {
  const url = await answer(
    text({
      message: 'Where are signals and machines kept? (a file of your own, or a URL: postgres://…, redis://…)',
      initialValue: defaultStorage(),
      validate: storageRule,
      signal: cli.signal,
    }),
  )
  return url === defaultStorage() ? undefined : url
}

function storageRule(url: string | undefined): string | undefined {
  if (url === undefined || !/^[a-z]+:/i.test(url)) return 'A URL: sqlite:PATH, postgres://HOST/DATABASE or redis://HOST'
  const hasPassword = URL.canParse(url) && new URL(url).password !== ''
  return hasPassword
    ? 'A password does not belong in this file: leave the default, and set CSCAPI_STORAGE or CSCAPI_STORAGE_FILE'
    : undefined
}

function askName(cli: Cli): Promise<string> {
  return answer(
    text({
      message: 'A name for this machine (its id begins with it, and CrowdSec sees it)',
      initialValue: 'honeypot',
      placeholder: hostname(),
      validate: (value) => (/[a-zA-Z0-9]/.test(value ?? '') ? undefined : 'Some letters or digits'),
      signal: cli.signal,
    }),
  )
}

async function askScenarios(cli: Cli, suggested: readonly string[]): Promise<string[]> {
  const list = await answer(
    text({
      message: 'What does it detect? CrowdSec tailors the blocklist to it (names with commas between)',
      initialValue: suggested.join(', '),
      validate: (value) => (value?.trim() ? undefined : 'Name at least one scenario'),
      signal: cli.signal,
    }),
  )
  return list.split(',').map((name) => name.trim())
}

async function answer<T>(asked: Promise<T>): Promise<Exclude<T, symbol>> {
  const given = await asked
  // A symbol says that the prompt was given up, and nothing else is one.
  if (!isCancel(given)) return given as Exclude<T, symbol>
  cancel('Nothing was written')
  throw new UsageError('init was given up')
}
