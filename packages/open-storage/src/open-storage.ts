import type { Storage } from '@cscapi/storage'
import { type OpenStorageOptions, readOpenOptions } from './options.js'
import { makerOf } from './schemes.js'

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
  const { namespace, logger, readOnly } = readOpenOptions(options)
  const storage = await make(url, {
    ...(namespace !== undefined && { namespace }),
    ...(logger !== undefined && { logger }),
    ...(readOnly !== undefined && { readOnly }),
  })
  await storage.open()
  return storage
}
