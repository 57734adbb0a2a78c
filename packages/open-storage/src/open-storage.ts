import { CscapiError, InputError } from '@cscapi/core'
import { MemoryStorage, type Storage } from '@cscapi/storage'

export interface OpenStorageOptions {
  /** Keeps several applications apart in one PostgreSQL database (as the schema's name) or one Redis. Default: the adapter's, `cscapi`. */
  readonly namespace?: string
  /** Gets what opening finds odd about the server, e.g. that it keeps nothing on disk. `console` will do. Default: nobody. */
  readonly logger?: { warn(message: string): void }
}

/** Which package serves a scheme, and how its storage is made. Loaded only when it is asked for. */
const ADAPTERS: Readonly<Record<string, (url: string, options: OpenStorageOptions) => Promise<Storage>>> = {
  async 'memory:'() {
    return new MemoryStorage()
  },
  async 'sqlite:'(url) {
    const { SqliteStorage } = await import('@cscapi/storage-sqlite').catch(missing('@cscapi/storage-sqlite'))
    return new SqliteStorage({ path: pathOf(url) })
  },
  'postgres:': openPostgres,
  'postgresql:': openPostgres,
  'redis:': openRedis,
  'rediss:': openRedis,
}

/**
 * Opens the storage that a URL names: `sqlite:./cscapi.db`, `postgres://host/database`, `redis://host:6379`, `rediss://…` (TLS) or `memory:`.
 * Only the adapter of that scheme is loaded. Hand the storage to a client, which closes it; or close it yourself.
 *
 * @throws InputError for a URL that names no storage; it does not repeat a password.
 * @throws CscapiError `adapter_missing` that says what to install.
 * @throws StorageError when the store cannot be opened.
 */
export async function openStorage(url: string, options: OpenStorageOptions = {}): Promise<Storage> {
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url)?.[0].toLowerCase() ?? ''
  const make = Object.hasOwn(ADAPTERS, scheme) ? ADAPTERS[scheme] : undefined
  if (make === undefined) {
    const rule = `must begin with ${Object.keys(ADAPTERS).join(', ')}`
    throw new InputError('No storage was opened', [
      { path: 'url', value: scheme === '' ? '[no scheme]' : scheme, rule },
    ])
  }
  const storage = await make(url, options)
  await storage.open()
  return storage
}

async function openPostgres(url: string, { namespace }: OpenStorageOptions): Promise<Storage> {
  const { PostgresStorage } = await import('@cscapi/storage-postgres').catch(missing('@cscapi/storage-postgres'))
  return new PostgresStorage(namespace === undefined ? { url } : { url, schema: namespace })
}

async function openRedis(url: string, { namespace, logger }: OpenStorageOptions): Promise<Storage> {
  const { RedisStorage } = await import('@cscapi/storage-redis').catch(missing('@cscapi/storage-redis'))
  return new RedisStorage({
    url,
    ...(namespace !== undefined && { namespace }),
    ...(logger !== undefined && { logger }),
  })
}

/** `sqlite:./a.db`, `sqlite:/a.db` and `sqlite:///a.db`; what follows the scheme is a path, not an encoded URL. */
function pathOf(url: string): string {
  const path = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '')
  if (path !== '' && !path.startsWith('//')) return path
  const rule = 'must name a file: sqlite:./cscapi.db or sqlite:///var/lib/cscapi.db'
  throw new InputError('No storage was opened', [{ path: 'url', value: url, rule }])
}

function missing(name: string): (error: unknown) => never {
  return (error) => {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND'
    if (!isMissing || !error.message.includes(name)) throw error
    throw new CscapiError('adapter_missing', `This storage needs a package that is not installed: npm install ${name}`)
  }
}
