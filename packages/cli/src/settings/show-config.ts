import { printableUrl } from '@cscapi/signals'
import type { Cli } from '../cli.js'
import { defaultStorage } from '../client/store.js'
import { table } from '../output/table.js'
import { configFolders } from './config-file.js'
import { NEVER_IN_A_FILE, SECRET_SETTINGS, type SettingName } from './settings-schema.js'

const MASKED = '[set, not shown]'

/** Shows every setting that is given, with its origin. Durations are shown as milliseconds. */
export async function showConfig(cli: Cli): Promise<void> {
  const { settings, origins, file } = await cli.loadedSettings()
  const given = Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ({ name, value: shown(name, value), from: origins.get(name) ?? '' }))
  const all =
    settings.storage === undefined ? [...given, { name: 'storage', value: defaultStorage(), from: 'default' }] : given
  if (cli.json) return cli.terminal.json({ file, settings: all })
  table(
    cli.terminal,
    ['setting', 'value', 'from'],
    all.map(({ name, value, from }) => [name, typeof value === 'string' ? value : JSON.stringify(value), from]),
  )
  if (file === undefined)
    cli.terminal.tell(`There is no configuration file in ${configFolders().join(', ')}: cscapi init makes one`)
}

function shown(name: string, value: unknown): unknown {
  if (NEVER_IN_A_FILE.includes(name as SettingName)) return MASKED
  return SECRET_SETTINGS.has(name) ? printableUrl(String(value)) : value
}
