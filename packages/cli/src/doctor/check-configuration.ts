import { stat } from 'node:fs/promises'
import { InputError } from '@cscapi/client'
import { FORMAT_NAMES } from '@cscapi/inputs/on-demand'
import { printableUrl } from '@cscapi/signals'
import type { Cli } from '../cli.js'
import { configFolders } from '../settings/config-file.js'
import type { LoadedSettings } from '../settings/load-settings.js'
import { bad, type Finding, messageOf, odd, ok } from './finding.js'

/** What a configuration needs, and what it says that cannot work. */
export async function checkConfiguration(
  cli: Cli,
): Promise<{ findings: Finding[]; loaded: LoadedSettings | undefined }> {
  let loaded: LoadedSettings
  try {
    loaded = await cli.loadedSettings()
  } catch (error) {
    const issues = error instanceof InputError ? error.issues : []
    const findings = issues.map(({ path, rule }) =>
      bad('configuration', `${path}: ${rule}`, 'put it right, and run cscapi doctor again'),
    )
    return {
      findings: findings.length > 0 ? findings : [bad('configuration', messageOf(error), 'put it right')],
      loaded: undefined,
    }
  }
  const { settings, file } = loaded
  const findings: Finding[] = [
    file === undefined
      ? odd(
          'configuration',
          `no file in ${configFolders().join(', ')}`,
          'cscapi init writes one, unless CSCAPI_* variables say everything',
        )
      : ok('configuration', file),
  ]
  for (const name of ['environment', 'machineId', 'scenarios'] as const) {
    if (settings[name] === undefined)
      findings.push(bad(name, 'not set', `cscapi init asks for it; or set ${name} in the configuration`))
  }
  for (const { file: input, format } of settings.inputs ?? []) findings.push(await checkInput(input, format))
  if (file !== undefined) findings.push(...(await checkSecrecy(file, settings.storage ?? '', settings.proxy ?? '')))
  return { findings, loaded }
}

async function checkInput(file: string, format: string): Promise<Finding> {
  const check = `input ${file}`
  if (!(FORMAT_NAMES as readonly string[]).includes(format))
    return bad(check, `there is no format ${format}`, `take one of ${FORMAT_NAMES.join(', ')}`)
  try {
    const { access, constants } = await import('node:fs/promises')
    await access(file, constants.R_OK)
    const { size, mtimeMs } = await stat(file)
    return ok(check, `${format}, ${size} bytes, written ${new Date(mtimeMs).toISOString().slice(0, 16)}Z`)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    return code === 'ENOENT'
      ? odd(check, 'does not exist (yet)', 'check the path; cscapi watch waits for it')
      : bad(check, `cannot be read (${code})`, 'run as a user who may, or add yourself to the file’s group')
  }
}

/** A password in a file that others may read is theirs, too. */
async function checkSecrecy(file: string, ...urls: readonly string[]): Promise<Finding[]> {
  const hasPassword = urls.some((url) => URL.canParse(url) && new URL(url).password !== '')
  if (!hasPassword || process.platform === 'win32') return []
  const { mode } = await stat(file)
  if ((mode & 0o077) === 0) return [ok('secrecy', `${file} is yours alone`)]
  const url = urls.find((one) => URL.canParse(one) && new URL(one).password !== '') ?? ''
  return [
    bad(
      'secrecy',
      `${file} holds a password (${printableUrl(url)}) and others may read it`,
      `chmod 600 ${file}, or move the URL to CSCAPI_STORAGE_FILE`,
    ),
  ]
}
