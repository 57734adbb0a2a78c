import { readFileSync } from 'node:fs'
import { InputError, type InputIssue, suggestKey } from '@cscapi/signals'
import { type SettingName, settingsSchema } from './settings-schema.js'

const PREFIX = 'CSCAPI_'
const FROM_FILE = '_FILE'
/** Read elsewhere: they stand for `--config` and `--debug`. */
const OTHERS = ['CSCAPI_CONFIG', 'CSCAPI_DEBUG']

const LISTS: ReadonlySet<string> = new Set<SettingName>(['scenarios', 'neverReport', 'opsHosts'])
const NUMBERS: ReadonlySet<string> = new Set<SettingName>(['maxPending', 'concurrency', 'batchSize'])
const SWITCHES: ReadonlySet<string> = new Set<SettingName>([
  'allowLongMachineIds',
  'allowPrivate',
  'freeAccount',
  'gzip',
  'opsReadOnly',
])
/** Tables, which one line of text cannot hold. */
const FILE_ONLY: ReadonlySet<string> = new Set<SettingName>(['inputs', 'reading', 'dedup'])

/** `machineId` is `CSCAPI_MACHINE_ID`. */
export const variableOf = (name: string) => PREFIX + name.replace(/[A-Z]/g, '_$&').toUpperCase()

/** Every setting that the environment may hold, by its variable. */
const variables = (): ReadonlyMap<string, SettingName> =>
  new Map(
    (Object.keys(settingsSchema().shape) as SettingName[])
      .filter((name) => !FILE_ONLY.has(name))
      .map((name) => [variableOf(name), name]),
  )

/**
 * Reads the `CSCAPI_*` variables as settings that are still to be checked. `CSCAPI_X_FILE` names a
 * file that holds the value, as secrets of containers come.
 *
 * @throws InputError for a variable that is nearly one of ours, one given twice, and a file that
 * cannot be read.
 */
export function readVariables(env: NodeJS.ProcessEnv): Record<string, unknown> {
  const known = variables()
  const issues: InputIssue[] = []
  const found: Record<string, unknown> = {}
  for (const [variable, text] of Object.entries(env)) {
    // Empty is how a shell unsets one.
    if (!variable.startsWith(PREFIX) || text === undefined || text === '' || OTHERS.includes(variable)) continue
    const named = known.get(variable)
    if (named !== undefined) {
      found[named] = readText(named, text)
      continue
    }
    const isFile = variable.endsWith(FROM_FILE)
    const inFile = isFile ? known.get(variable.slice(0, -FROM_FILE.length)) : undefined
    if (inFile === undefined) {
      // Others name variables so, too: Kubernetes does for a service called cscapi.
      const meant = suggestKey(
        variable.slice(PREFIX.length),
        [...known.keys()].map((name) => name.slice(PREFIX.length)),
      )
      if (meant !== undefined) issues.push(issue(variable, `is not known; did you mean ${PREFIX}${meant}?`))
    } else if (env[variableOf(inFile)]) {
      issues.push(issue(variable, `must not be set beside ${variableOf(inFile)}`))
    } else {
      const content = readValue(text)
      if (content instanceof Error) issues.push(issue(variable, `names a file that cannot be read: ${content.message}`))
      else found[inFile] = readText(inFile, content)
    }
  }
  if (issues.length > 0) throw new InputError('The environment is not usable', issues)
  return found
}

/** The value of a variable is shown to nobody: it may be a secret under a wrong name. */
const issue = (path: string, rule: string): InputIssue => ({ path, value: '[not shown]', rule })

function readValue(file: string): string | Error {
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function readText(name: SettingName, text: string): unknown {
  if (LISTS.has(name)) return text.split(',').map((one) => one.trim())
  if (NUMBERS.has(name)) return /^\d+$/.test(text) ? Number(text) : text
  if (SWITCHES.has(name)) return { true: true, '1': true, false: false, '0': false }[text] ?? text
  return text
}
