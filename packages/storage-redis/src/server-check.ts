import { StorageError } from '@cscapi/core'
import type { Redis } from 'ioredis'
import type { Connection } from './connection.js'
import type { RedisStorageOptions } from './options.js'

type Info = ReadonlyMap<string, string>

/** `INFO` may be forbidden to a user, and a managed server may leave out fields: what is not there is unknown. */
async function readInfo(connection: Connection, server: Redis): Promise<Info> {
  const sections = ['memory', 'persistence', 'cluster'].map((section) =>
    connection.bounded(server.info(section)).catch(() => ''),
  )
  const lines = (await Promise.all(sections)).join('\r\n').split('\r\n')
  return new Map(
    lines.flatMap((line) => {
      const at = line.indexOf(':')
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)] as const] : []
    }),
  )
}

/** `INFO` does not say whether snapshots are taken, `CONFIG` does, where it is allowed. */
async function takesSnapshots(connection: Connection, server: Redis): Promise<boolean | undefined> {
  const [, save] = (await connection.bounded(server.config('GET', 'save')).catch(() => [])) as string[]
  return save === undefined ? undefined : save !== ''
}

/** Warns where the server keeps nothing on disk; refuses one that may evict keys, and a cluster that is taken for a server. */
export async function checkServers(
  connection: Connection,
  { allowEviction = false, logger }: RedisStorageOptions,
): Promise<void> {
  for (const server of connection.masters) {
    const info = await readInfo(connection, server)
    const where = `Redis at ${server.options.host}:${server.options.port}`
    if (info.get('cluster_enabled') === '1' && !connection.isCluster) {
      const message = `${where} is a node of a Redis Cluster: give its address as nodes: ['redis://…'], or hand in a Cluster client`
      throw new StorageError('storage_failed', message, { adapter: 'redis', operation: 'open' })
    }
    const policy = info.get('maxmemory_policy')
    if (policy === undefined)
      logger?.warn(
        `${where} does not tell its eviction policy. It must be noeviction, or signals may vanish when its memory is full.`,
      )
    else if (policy !== 'noeviction' && !allowEviction) {
      const message = `${where} may drop the queue when its memory is full: maxmemory-policy is ${policy}. Set it to noeviction, or pass allowEviction: true`
      throw new StorageError('storage_failed', message, { adapter: 'redis', operation: 'open' })
    }
    if (info.get('aof_enabled') === '1') continue
    const snapshots = await takesSnapshots(connection, server)
    if (snapshots === true) continue
    const consequence = 'What is queued is gone when the server ends. Set appendonly yes.'
    if (snapshots === undefined)
      logger?.warn(`${where} does not tell whether it keeps its data on disk. If it does not: ${consequence}`)
    else logger?.warn(`${where} keeps nothing on disk (appendonly no, save ""). ${consequence}`)
  }
}
