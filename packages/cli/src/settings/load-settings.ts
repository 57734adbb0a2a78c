import { machineIdRule } from '@cscapi/core'
import { InputError, type InputIssue, issuesOfSchema, printable } from '@cscapi/signals'
import { readConfigFile } from './config-file.js'
import { readVariables, variableOf } from './environment-variables.js'
import type { GlobalFlags } from './global-flags.js'
import {
  NEVER_IN_A_FILE,
  SECRET_SETTINGS,
  SETTING_ALIASES,
  type SettingName,
  type Settings,
  settingsSchema,
} from './settings-schema.js'

/** The settings that have flags of their own. */
const FLAGS = ['storage', 'environment', 'machineId'] as const satisfies readonly SettingName[]

interface Source {
  /** How a setting is called there. */
  nameOf(setting: string): string
  readonly given: unknown
}

/** The settings, and for each where it was given: `--storage`, `CSCAPI_STORAGE`, a file. */
export interface LoadedSettings {
  readonly settings: Settings
  readonly origins: ReadonlyMap<string, string>
  /** The configuration file, if there is one. */
  readonly file: string | undefined
}

/**
 * Reads flags over environment over configuration file.
 *
 * @throws InputError that lists everything that is wrong, with where it was given.
 */
export async function loadSettings(flags: GlobalFlags, env: NodeJS.ProcessEnv): Promise<LoadedSettings> {
  const file = await readConfigFile(flags.config ?? (env.CSCAPI_CONFIG || undefined))
  const sources: Source[] = [
    { nameOf: (name) => `${name} in ${file?.path}`, given: file?.content ?? {} },
    { nameOf: variableOf, given: readVariables(env) },
    {
      nameOf: flagOf,
      given: Object.fromEntries(FLAGS.flatMap((name) => (name in flags ? [[name, flags[name]]] : []))),
    },
  ]
  const issues: InputIssue[] = [...secretsOf(file?.path, file?.content)]
  const origins = new Map<string, string>()
  let settings: Settings = {}
  for (const { nameOf, given } of sources) {
    if (isEmpty(given)) continue
    const parsed = settingsSchema().safeParse(given)
    if (parsed.success) {
      for (const name of Object.keys(parsed.data)) origins.set(name, nameOf(name))
      settings = { ...settings, ...parsed.data }
      continue
    }
    const found = issuesOfSchema(settingsSchema(), given, { aliases: SETTING_ALIASES, secrets: SECRET_SETTINGS }) ?? []
    issues.push(...found.map((issue) => ({ ...issue, path: nameOf(issue.path) })))
  }
  issues.push(...machineIdIssues(settings, origins))
  if (issues.length > 0) throw new InputError('The configuration is not usable', issues)
  return { settings, origins, file: file?.path }
}

/** Most programs say all they have to say in one place. */
const isEmpty = (given: unknown) =>
  typeof given === 'object' && given !== null && !Array.isArray(given) && Object.keys(given).length === 0

const flagOf = (name: string) => `--${name.replace(/[A-Z]/g, '-$&').toLowerCase()}`

function secretsOf(path: string | undefined, content: unknown): InputIssue[] {
  if (typeof content !== 'object' || content === null) return []
  return NEVER_IN_A_FILE.filter((name) => Object.hasOwn(content, name)).map((name) => ({
    path: `${name} in ${path}`,
    value: '[redacted]',
    rule: `must not stand in a configuration file: set ${variableOf(name)}, or ${variableOf(name)}_FILE to a file that holds it`,
  }))
}

/** Depends on another setting, which may stand elsewhere. */
function machineIdIssues({ machineId, allowLongMachineIds = false }: Settings, origins: ReadonlyMap<string, string>) {
  const rule = machineId === undefined ? undefined : machineIdRule(machineId, { allowLongMachineIds })
  if (rule === undefined) return []
  const own = `${rule.split(';')[0]}; cscapi machines id makes one`
  return [{ path: origins.get('machineId') ?? 'machineId', value: printable(machineId), rule: own }]
}
