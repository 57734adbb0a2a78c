import { StorageError } from '@cscapi/core'
import { toStorageError } from '../errors.js'
import { Keys } from '../keys.js'
import type { RedisStorageOptions } from '../options.js'
import { Partitions } from '../partitions.js'
import { list, whole } from '../reply.js'
import { scripts } from '../scripts.gen.js'
import { Connection } from './connection.js'
import { ServerWatch } from './server-watch.js'

/** Raised when what is stored changes in a way that an older adapter would not understand. */
const SCHEMA = 1
/**
 * Shards of the index in a store made on a cluster, so that its load is spread; fixed in the store
 * from then on.
 */
const CLUSTER_SHARDS = 8

/**
 * Connects, makes sure that the server will do and the store is of a known version, or creates it.
 */
export async function connect(options: RedisStorageOptions): Promise<Partitions> {
  const connection = new Connection(await import('ioredis'), options)
  const keys = new Keys(options.namespace ?? 'cscapi')
  try {
    await connection.prepare()
    // Read first: a store that this adapter does not understand, or a server that it must not use,
    // is left as it is.
    const known = checkSchema(await connection.run(scripts.readMeta, [keys.meta], []), keys.meta)
    const offsetMs = options.testClockOffsetMs ?? (() => 0)
    const watch = new ServerWatch(connection, options, () => performance.now() + offsetMs())
    await watch.open()
    const newShards = connection.isCluster ? CLUSTER_SHARDS : 1
    const create = async () =>
      checkSchema(await connection.run(scripts.createMeta, [keys.meta], [SCHEMA, newShards]), keys.meta)
    const shards = options.readOnly ? known || newShards : await create()
    return new Partitions(connection, keys, shards, watch, offsetMs)
  } catch (error) {
    const typed = toStorageError(error, 'open', connection.lastError, connection.secrets)
    await connection.close()
    throw typed
  }
}

/** Gives the number of shards, 0 in an empty store. @throws StorageError */
function checkSchema(meta: unknown, key: string): number {
  const [schema, shards] = list(meta)
  if (schema === null || shards === null) return 0
  if (whole(schema) > SCHEMA) {
    const message = `The store was made by a newer version (schema ${whole(schema)} in ${key}, this one knows ${SCHEMA}): upgrade @cscapi/storage-redis`
    throw new StorageError('storage_schema_newer', message, { adapter: 'redis', operation: 'open' })
  }
  return whole(shards)
}
