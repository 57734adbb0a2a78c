import { Redis } from 'ioredis'
import { emptyDatabaseOn } from './existing-redis.js'
import { freePort } from './free-port.js'
import { findRedis } from './redis-binary.js'
import { Scratch } from './scratch.js'
import { ServerProcess } from './server-process.js'
import { ownServer, type TestServer } from './test-server.js'

export interface RedisOptions {
  /** `requirepass`. It is part of {@link TestServer.url}. */
  readonly password?: string
  /**
   * Lines of redis.conf, e.g. `{ maxmemory: '4mb' }`. Default: append-only file, synced every
   * second, no snapshots.
   */
  readonly config?: Readonly<Record<string, string>>
}

const DEFAULTS = { appendonly: 'yes', appendfsync: 'everysec', save: '' }

async function answers(port: number, password: string | undefined): Promise<boolean> {
  const probe = new Redis({
    host: '127.0.0.1',
    port,
    password,
    lazyConnect: true,
    retryStrategy: null,
    connectTimeout: 1_000,
    commandTimeout: 1_000,
    maxRetriesPerRequest: 0,
    enableReadyCheck: false,
  })
  probe.on('error', () => undefined)
  try {
    await probe.connect()
    await probe.ping()
    return true
  } catch {
    return false
  } finally {
    probe.disconnect()
  }
}

/** Starts one Redis process in a scratch folder. Also what a cluster is made of. */
export async function redisProcess(
  scratch: Scratch,
  name: string,
  port: number,
  config: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const { command, env } = await findRedis()
  const lines = {
    ...DEFAULTS,
    bind: '127.0.0.1',
    port: String(port),
    dir: scratch.path,
    appenddirname: `${name}-aof`,
    dbfilename: `${name}.rdb`,
    daemonize: 'no',
    ...config,
  }
  const args = Object.entries(lines).flatMap(([key, value]) => [`--${key}`, value])
  return new ServerProcess(scratch, {
    name,
    command,
    args,
    ...(env === undefined ? {} : { env }),
    stopSignal: 'SIGTERM',
    watchdogSignal: 'KILL',
    isReady: () => answers(port, config.requirepass),
  })
}

/**
 * Starts a Redis server on a free port of 127.0.0.1. Without options, `CSCAPI_TEST_REDIS_URL` names
 * an existing one instead, of which an empty database is taken; with options an own one is started
 * in any case, as an existing one cannot be set up.
 */
export async function startRedis(options: RedisOptions = {}): Promise<TestServer> {
  const existing = process.env.CSCAPI_TEST_REDIS_URL
  if (existing !== undefined && existing !== '' && Object.keys(options).length === 0)
    return emptyDatabaseOn(existing, 'CSCAPI_TEST_REDIS_URL')
  const { password, config } = options
  const scratch = new Scratch('redis')
  try {
    const port = await freePort()
    const server = await redisProcess(scratch, 'redis', port, {
      ...(password === undefined ? {} : { requirepass: password }),
      ...config,
    })
    await server.start()
    const credentials = password === undefined ? '' : `:${encodeURIComponent(password)}@`
    return ownServer(`redis://${credentials}127.0.0.1:${port}`, server, scratch)
  } catch (error) {
    await scratch.close()
    throw error
  }
}
