import { readOptions } from '@cscapi/signals'
import type { Storage } from '@cscapi/storage'
import * as z from 'zod'
import { makerOf } from './schemes.js'

export interface OpenStorageOptions {
  /**
   * Keeps several applications apart in one PostgreSQL database (as the schema's name) or one
   * Redis. Default: the adapter's, `cscapi`.
   */
  readonly namespace?: string
  /**
   * Gets what opening finds odd about the server, e.g. that it keeps nothing on disk. `console`
   * will do. Default: nobody.
   */
  readonly logger?: { warn(message: string): void }
}

const optionsSchema = z.strictObject({
  namespace: z.string().optional(),
  logger: z
    .custom<OpenStorageOptions['logger']>(
      (logger) => logger === undefined || typeof Object(logger).warn === 'function',
      'must have a function warn',
    )
    .optional(),
})

const ALIASES = new Map([
  ['schema', 'namespace'],
  ['prefix', 'namespace'],
  ['keyPrefix', 'namespace'],
  ['log', 'logger'],
])

/**
 * Opens the storage that a URL names: `sqlite:./cscapi.db`, `postgres://host/database`,
 * `redis://host:6379`, `rediss://…` (TLS), `unix:///run/redis.sock`, the same with `valkey`, or
 * `memory:`. Only the adapter of that scheme is loaded. Hand the storage to a client, which closes
 * it; or close it yourself.
 *
 * @throws InputError for a URL that names no storage; it does not repeat a password.
 * @throws CscapiError `adapter_missing` that says what to install.
 * @throws StorageError when the store cannot be opened.
 */
export async function openStorage(url: string, options: OpenStorageOptions = {}): Promise<Storage> {
  const make = makerOf(url)
  const { namespace, logger } = readOptions('No storage was opened', optionsSchema, options, { aliases: ALIASES })
  const storage = await make(url, {
    ...(namespace !== undefined && { namespace }),
    ...(logger !== undefined && { logger }),
  })
  await storage.open()
  return storage
}
