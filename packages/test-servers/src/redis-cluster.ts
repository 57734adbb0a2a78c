import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { freePort } from './free-port.js'
import { redisProcess } from './redis.js'
import { Scratch } from './scratch.js'
import { ownServer, type TestServer } from './test-server.js'

export interface RedisClusterOptions {
  /** Default 3. */
  readonly masters?: number
  /** In all, dealt out to the masters in turn. Default 3. */
  readonly replicas?: number
  /** Lines of redis.conf for every node. */
  readonly config?: Readonly<Record<string, string>>
}

export interface TestRedisCluster {
  /** One URL a node. */
  readonly urls: readonly string[]
  /**
   * The nodes; the masters of the first hour come first. `stop` of a node is not for tests: stop
   * the cluster.
   */
  readonly nodes: readonly Omit<TestServer, 'stop'>[]
  /** Ends all nodes and removes their data. */
  stop(): Promise<void>
  /**
   * Resolves once the nodes that run agree that all slots are served, and each replica is in step.
   * Throws after 60 s.
   */
  healthy(): Promise<void>
}

const SLOTS = 16_384
const UNTIL_MS = 300_000

/**
 * Starts a Redis Cluster on free ports of 127.0.0.1. A master that is down for longer than five
 * seconds is replaced by its replica.
 */
export async function startRedisCluster(options: RedisClusterOptions = {}): Promise<TestRedisCluster> {
  const { masters = 3, replicas = 3, config = {} } = options
  const scratch = new Scratch('redis-cluster')
  const clients: Redis[] = []
  try {
    const ports: number[] = []
    while (ports.length < masters + replicas) {
      const port = await freePort([0, 10_000])
      if (!ports.includes(port)) ports.push(port)
    }
    const servers = await Promise.all(
      ports.map((port, index) =>
        redisProcess(scratch, `node-${index}`, port, {
          'cluster-enabled': 'yes',
          'cluster-config-file': `node-${index}.conf`,
          'cluster-node-timeout': '5000',
          'repl-diskless-sync-delay': '0',
          ...config,
        }),
      ),
    )
    await Promise.all(servers.map((server) => server.start()))
    clients.push(...ports.map((port) => connect(port)))
    await form(clients, ports, masters)
    const urls = ports.map((port) => `redis://127.0.0.1:${port}`)
    return {
      urls,
      nodes: servers.map((server, index) => ownServer(urls[index] ?? '', server, scratch)),
      async healthy() {
        const running = ports.filter((_, index) => servers[index]?.pid !== undefined).map((port) => connect(port))
        try {
          await untilHealthy(running)
        } finally {
          for (const client of running) client.disconnect()
        }
      },
      async stop() {
        await Promise.all(servers.map((server) => server.kill()))
        await scratch.close()
      },
    }
  } catch (error) {
    await scratch.close()
    throw error
  } finally {
    for (const client of clients) client.disconnect()
  }
}

function connect(port: number): Redis {
  const client = new Redis({ host: '127.0.0.1', port, maxRetriesPerRequest: 2, commandTimeout: 60_000 })
  client.on('error', () => undefined)
  return client
}

async function form(clients: readonly Redis[], ports: readonly number[], masters: number): Promise<void> {
  const ids = await Promise.all(clients.map((client) => client.cluster('MYID')))
  await Promise.all(
    clients.map(async (client, index) => {
      await client.cluster('SET-CONFIG-EPOCH', index + 1)
      if (index < masters) {
        const slot = (share: number) => Math.floor((SLOTS * share) / masters)
        await client.cluster(
          'ADDSLOTS',
          ...Array.from({ length: slot(index + 1) - slot(index) }, (_, offset) => slot(index) + offset),
        )
      }
      if (index > 0) await client.cluster('MEET', '127.0.0.1', ports[0] ?? 0)
    }),
  )
  await until('all nodes know each other', async () => {
    const views = await Promise.all(clients.map((client) => client.cluster('NODES')))
    return views.every((view) => ids.every((id) => String(view).includes(String(id))))
  })
  await Promise.all(
    clients.slice(masters).map((client, index) => client.cluster('REPLICATE', String(ids[index % masters]))),
  )
  await untilHealthy(clients)
}

async function untilHealthy(clients: readonly Redis[]): Promise<void> {
  await until('the cluster serves all slots and its replicas are in step', async () => {
    const states = await Promise.all(
      clients.map(async (client) => {
        const [info, replication] = await Promise.all([client.cluster('INFO'), client.info('replication')])
        return (
          String(info).includes('cluster_state:ok') &&
          (replication.includes('role:master') || replication.includes('master_link_status:up'))
        )
      }),
    )
    return states.every(Boolean)
  })
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + UNTIL_MS
  while (!(await holds().catch(() => false))) {
    if (performance.now() > deadline) throw new Error(`It did not come true within ${UNTIL_MS} ms that ${what}.`)
    await sleep(50)
  }
}
