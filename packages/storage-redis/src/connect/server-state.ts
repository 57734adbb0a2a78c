import type { Redis } from 'ioredis'
import type { Connection } from './connection.js'

/** What a server says of how it keeps keys. What it does not tell is `undefined`. */
export interface ServerState {
  /** For messages: `Redis at host:port`. */
  readonly name: string
  readonly isClusterNode: boolean
  /** `noeviction`, or how it picks the keys that it drops. */
  readonly evictionPolicy: string | undefined
  /** Whether an append-only file or snapshots keep the keys. */
  readonly isOnDisk: boolean | undefined
}

export async function readServer(connection: Connection, server: Redis): Promise<ServerState> {
  const info = await readInfo(connection, server)
  const { path, host, port } = server.options
  return {
    name: `Redis at ${path ?? `${host}:${port}`}`,
    isClusterNode: info.get('cluster_enabled') === '1',
    evictionPolicy: info.get('maxmemory_policy'),
    isOnDisk: info.get('aof_enabled') === '1' || (await takesSnapshots(connection, server)),
  }
}

/**
 * Reads `INFO`, which may be forbidden to a user, and of which a managed server leaves out fields.
 */
async function readInfo(connection: Connection, server: Redis): Promise<ReadonlyMap<string, string>> {
  const sections = ['memory', 'persistence', 'cluster'].map((section) =>
    connection.command(server, 'INFO', [section]).catch(() => ''),
  )
  const lines = (await Promise.all(sections)).join('\r\n').split('\r\n')
  return new Map(
    lines.flatMap((line) => {
      const at = line.indexOf(':')
      return at > 0 ? [[line.slice(0, at), line.slice(at + 1)] as const] : []
    }),
  )
}

/**
 * Asks `CONFIG` where it is allowed, since `INFO` does not say whether snapshots are taken. The
 * driver gives it as a list or as an object.
 */
async function takesSnapshots(connection: Connection, server: Redis): Promise<boolean | undefined> {
  const reply = await connection.command(server, 'CONFIG', ['GET', 'save']).catch(() => undefined)
  const save: unknown = Array.isArray(reply) ? reply[1] : Reflect.get(Object(reply), 'save')
  return typeof save === 'string' ? save !== '' : undefined
}
