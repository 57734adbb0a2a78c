import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { InputError } from '@cscapi/signals'
import { platformFolders } from './platform-folders.js'

const NAMES = ['cscapi.config.yaml', 'cscapi.config.yml', 'cscapi.config.json']

/** A configuration file and what stands in it, which is still to be checked. */
export interface ConfigFile {
  readonly path: string
  readonly content: unknown
}

/**
 * Reads the file that is named, or the first that is found: here, in the user's configuration
 * folder, in `/etc/cscapi`.
 *
 * @throws InputError when it cannot be read, or a folder has two of them.
 */
export async function readConfigFile(named: string | undefined): Promise<ConfigFile | undefined> {
  const path = named === undefined ? findConfigFile() : resolve(named)
  return path === undefined ? undefined : { path, content: await parse(path, read(path)) }
}

/** Where a configuration is looked for, in order. */
export const configFolders = () => [
  process.cwd(),
  platformFolders(process.env).config,
  ...(process.platform === 'win32' ? [] : ['/etc/cscapi']),
]

function findConfigFile(): string | undefined {
  for (const folder of configFolders()) {
    const found = NAMES.filter((name) => existsSync(join(folder, name)))
    if (found.length > 1)
      throw refused(folder, `has ${found.join(' and ')}: keep one, or name the one you mean with --config`)
    if (found[0] !== undefined) return join(folder, found[0])
  }
  return undefined
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw refused(path, `cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function parse(path: string, text: string): Promise<unknown> {
  try {
    if (path.endsWith('.json')) return JSON.parse(text)
    const { loadAll } = await import('js-yaml')
    // A file of comments alone has no document.
    const [content = {}, second] = loadAll(text)
    if (second !== undefined) throw new Error('it has several documents')
    return content
  } catch (error) {
    // The first line says where; those after it show the text, in which a secret may stand.
    const [where = ''] = error instanceof Error ? error.message.split('\n') : []
    throw refused(path, `is not ${path.endsWith('.json') ? 'JSON' : 'YAML'}: ${where}`)
  }
}

function refused(path: string, rule: string): InputError {
  return new InputError('The configuration is not usable', [{ path, value: 'this file', rule }])
}
