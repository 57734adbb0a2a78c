import { CscapiError, InputError, type InputIssue } from '@cscapi/core'
import { printableUrl, suggestKey } from '@cscapi/signals'
import { MemoryStorage, type Storage } from '@cscapi/storage'
import type { OpenStorageOptions } from './options.js'

type Make = (url: string, options: OpenStorageOptions) => Promise<Storage>

/** Which package serves a scheme, and how its storage is made. Loaded only when it is asked for. */
const ADAPTERS: ReadonlyMap<string, Make> = new Map([
  ['memory', openMemory],
  ['sqlite', openSqlite],
  ['postgres', openPostgres],
  ['postgresql', openPostgres],
  ['redis', openRedis],
  ['rediss', openRedis],
  ['valkey', openRedis],
  ['valkeys', openRedis],
  ['unix', openRedis],
])

/** What is near to one of ours, and yet another thing. */
const OTHERS = new Map([
  ['file', 'sqlite'],
  ['sqlite3', 'sqlite'],
  ['postgre', 'postgres'],
  ['pg', 'postgres'],
  ['redis+unix', 'unix'],
  ['redis+socket', 'unix'],
])

/** Refuses what names no storage. @throws InputError with the URL that was probably meant */
export function makerOf(url: unknown): Make {
  const text = typeof url === 'string' ? url : ''
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]*):/i.exec(text) ?? []
  const make = ADAPTERS.get(scheme.toLowerCase())
  if (make !== undefined) return make
  throw refused(
    url,
    `must begin with ${[...ADAPTERS.keys()].map((name) => `${name}:`).join(', ')}${hint(text, scheme)}`,
  )
}

function hint(text: string, scheme: string): string {
  if (/^[A-Za-z]:[\\/][\w./\\ -]*$/.test(text) || (scheme === '' && isPath(text)))
    return `; did you mean sqlite:${text}?`
  const meant = suggestKey(scheme.toLowerCase(), ADAPTERS.keys(), OTHERS)
  if (meant === undefined || scheme === '') return ''
  const path = text.slice(scheme.length + 1)
  return `; did you mean ${meant}:${meant === 'sqlite' && isPath(path) ? path : ''}?`
}

/** A file, with nothing in its name that might be a secret. */
const isPath = (text: string) => /^[\w./\\ -]{1,200}$/.test(text) && /[./\\]/.test(text)

function refused(url: unknown, rule: string): InputError {
  const issue: InputIssue = { path: 'url', value: typeof url === 'string' ? printableUrl(url) : typeof url, rule }
  return new InputError('No storage was opened', [issue])
}

async function openMemory(url: string): Promise<Storage> {
  if (url.length > 'memory:'.length)
    throw refused(url, 'must have nothing behind memory:, which is one store of this process')
  return new MemoryStorage()
}

async function openSqlite(url: string, { readOnly = false }: OpenStorageOptions): Promise<Storage> {
  const path = pathOf(url)
  const { SqliteStorage } = await import('@cscapi/storage-sqlite').catch(missing('@cscapi/storage-sqlite'))
  return new SqliteStorage({ path, readOnly })
}

async function openPostgres(url: string, { namespace, readOnly = false }: OpenStorageOptions): Promise<Storage> {
  const { PostgresStorage } = await import('@cscapi/storage-postgres').catch(missing('@cscapi/storage-postgres'))
  return new PostgresStorage({ url, readOnly, ...(namespace !== undefined && { schema: namespace }) })
}

async function openRedis(url: string, { namespace, logger, readOnly = false }: OpenStorageOptions): Promise<Storage> {
  const { RedisStorage } = await import('@cscapi/storage-redis').catch(missing('@cscapi/storage-redis'))
  return new RedisStorage({
    url,
    readOnly,
    ...(namespace !== undefined && { namespace }),
    ...(logger !== undefined && { logger }),
  })
}

/**
 * `sqlite:./a.db`, `sqlite:/a.db` and `sqlite:///a.db`; what follows the scheme is a path, not an
 * encoded URL.
 */
function pathOf(url: string): string {
  const path = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '')
  if (path !== '' && !path.startsWith('//')) return path
  throw refused(url, 'must name a file, and no host: sqlite:./cscapi.db or sqlite:///var/lib/cscapi.db')
}

function missing(name: string): (error: unknown) => never {
  return (error) => {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
    if (!isMissing || !error.message.includes(name)) throw error
    throw new CscapiError('adapter_missing', `This storage needs a package that is not installed: npm install ${name}`)
  }
}
