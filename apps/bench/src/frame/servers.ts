import { startPostgres, startRedis } from '@cscapi/test-servers'
import { Redis } from 'ioredis'
import pg from 'pg'

/** Versions of the servers that benches start, e.g. `{ PostgreSQL: '18.1', Redis: '8.2.0' }`. */
export type Servers = Readonly<Record<string, string>>

export async function findServers(): Promise<Servers> {
  return { PostgreSQL: await postgresVersion(), Redis: await redisVersion() }
}

async function postgresVersion(): Promise<string> {
  const server = await startPostgres({ config: {} })
  const client = new pg.Client(server.url)
  try {
    await client.connect()
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
    return rows[0]?.server_version ?? 'unknown'
  } finally {
    await client.end()
    await server.stop()
  }
}

async function redisVersion(): Promise<string> {
  const server = await startRedis({ config: {} })
  const client = new Redis(server.url)
  try {
    return /redis_version:(\S+)/.exec(await client.info('server'))?.[1] ?? 'unknown'
  } finally {
    client.disconnect()
    await server.stop()
  }
}
