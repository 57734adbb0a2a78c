import { existsSync } from 'node:fs'
import { open, readdir, readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CscapiError, type Environment, isCscapiError } from '@cscapi/core'
import { oneLine, printableUrl } from '@cscapi/signals'
import { openPythonSdk, type PythonOptions } from './python/python-sdk.js'
import { refused } from './refused.js'
import type { ImportSource } from './source.js'
import { openEngineCredentials } from './sources/engine-credentials.js'
import { isPhpStore, openPhpStore } from './sources/php-store.js'
import { serviceCheck } from './sources/service-check.js'
import type { SourceDatabase } from './sql/database.js'
import { openMysql } from './sql/mysql.js'
import { openPostgres } from './sql/postgres.js'
import { openSqlite } from './sql/sqlite.js'

export interface OpenOptions extends PythonOptions {
  /** Whose credentials the store takes. */
  readonly environment: Environment
}

const KINDS =
  'a SQLite file, a postgres: or mysql: URL of a Python SDK database, a folder of the PHP client, or online_api_credentials.yaml'
/** No credentials file is longer, in bytes. */
const LONGEST_FILE = 1_048_576

/**
 * Opens what is to be imported, after its URL or what stands at its path. URLs may be written as in
 * Python (`postgresql+psycopg2://…`, `sqlite:///cscapi.db`).
 *
 * @throws InputError that says what was found there, when it is nothing that can be imported
 */
export async function openSource(from: string, options: OpenOptions): Promise<ImportSource> {
  const [, scheme = ''] = /^([a-z][a-z\d.-]+)(?:\+\w+)?:/i.exec(from) ?? []
  const url = from.replace(/^([a-z][a-z\d.-]+)\+\w+:/i, '$1:')
  switch (scheme.toLowerCase()) {
    case 'postgres':
    case 'postgresql':
      return fromDatabase(url, openPostgres, options)
    case 'mysql':
    case 'mariadb':
      return fromDatabase(url.replace(/^mariadb:/i, 'mysql:'), openMysql, options)
    case 'sqlite':
      return fromPath(sqlitePath(url), options)
    case 'file':
      return fromPath(fileURLToPath(url), options)
    case 'mongodb':
    case 'mongodb+srv':
      throw refused(
        printableUrl(from),
        'must not be MongoDB, which is not read: copy it into an SQL database with the storage classes of the Python SDK, and import that',
      )
    default:
      if (from.includes('://')) throw refused(printableUrl(from), `must be ${KINDS}`)
      return fromPath(from, options)
  }
}

async function fromDatabase(
  url: string,
  connect: (url: string) => Promise<SourceDatabase>,
  options: OpenOptions,
): Promise<ImportSource> {
  const shown = printableUrl(url)
  try {
    const database = await connect(url)
    return await openPythonSdk(database, shown, options).catch(async (error: unknown) => {
      await database.close()
      throw error
    })
  } catch (error) {
    throw isCscapiError(error) ? error : unreadable(shown, error)
  }
}

async function fromPath(path: string, options: OpenOptions): Promise<ImportSource> {
  const check = serviceCheck(options.environment)
  try {
    const found = await stat(path)
    if (found.isDirectory()) {
      const files = await readdir(path)
      if (isPhpStore(files)) return openPhpStore(path, files, check)
      throw refused(path, `must be ${KINDS}; this folder holds ${listed(files)}`)
    }
    if (await isSqlite(path)) return await fromDatabase(path, openSqlite, options)
    if (!found.isFile() || found.size > LONGEST_FILE || !/\.ya?ml$/i.test(path))
      throw refused(
        path,
        `must be ${KINDS}; this is ${found.size === 0 ? 'an empty file' : 'a file that is none of them'}`,
      )
    return openEngineCredentials(await readFile(path, 'utf8'), path, check)
  } catch (error) {
    throw isCscapiError(error) ? error : unreadable(path, error)
  }
}

/** Drivers name hosts and users in their messages, no passwords; the URL in them would hold one. */
function unreadable(shown: string, error: unknown): CscapiError {
  const text = error instanceof Error ? error.message || String(Reflect.get(error, 'code')) : String(error)
  return new CscapiError('source_unreadable', `${shown} cannot be read: ${oneLine(text)}`)
}

async function isSqlite(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0)
    return buffer.subarray(0, bytesRead).toString('latin1') === 'SQLite format 3\0'
  } finally {
    await file.close()
  }
}

/**
 * In Python, `sqlite:///a.db` is relative and `sqlite:////a.db` is not; elsewhere three slashes begin
 * an absolute path. What is there decides.
 */
function sqlitePath(url: string): string {
  const path = url.slice('sqlite:'.length).replace(/\?.*$/, '')
  if (!path.startsWith('//')) return path
  const [relative, absolute] = [path.slice(3), path.slice(2)]
  if (!absolute.startsWith('/')) throw refused(printableUrl(url), 'must name a file, and no host: sqlite:///cscapi.db')
  const there = [...new Set([resolve(relative), resolve(absolute)])].filter((file) => existsSync(file))
  if (there.length > 1) throw refused(printableUrl(url), `must name one file, and there are ${there.join(' and ')}`)
  return there[0] ?? relative
}

const listed = (files: readonly string[]) =>
  files.length === 0 ? 'nothing' : files.slice(0, 10).map(oneLine).join(', ')
