import { randomUUID } from 'node:crypto'
import type { ConformanceHarness } from '@cscapi/storage/conformance'
import { Cluster, Redis } from 'ioredis'
import { RedisStorage } from '../src/index.js'

/** One server, or the nodes of a cluster. */
export type Target = { readonly url: string } | { readonly nodes: readonly string[] }

/** A client of the test's own, to look behind the adapter. */
export function connectClient(target: Target): Redis | Cluster {
  const client = 'url' in target ? new Redis(target.url) : new Cluster([...target.nodes])
  client.on('error', () => undefined)
  return client
}

export async function keysOf(client: Redis | Cluster, pattern: string): Promise<string[]> {
  const servers = client instanceof Redis ? [client] : client.nodes('master')
  const found: string[] = []
  for (const server of servers) {
    for await (const keys of server.scanStream({ match: pattern, count: 1_000 })) found.push(...keys)
  }
  return found.sort()
}

/** An empty store in a namespace of its own, whose clock the test moves. */
export function emptyStore(target: Target): ConformanceHarness & { readonly namespace: string } {
  const namespace = `test-${randomUUID()}`
  let offsetMs = 0
  const create = () => new RedisStorage({ ...target, namespace, testClockOffsetMs: () => offsetMs })
  return {
    namespace,
    create,
    async connect() {
      const storage = create()
      await storage.open()
      return storage
    },
    advance(ms) {
      offsetMs += ms
    },
    async destroy() {
      const client = connectClient(target)
      await Promise.all((await keysOf(client, `${namespace}:*`)).map((key) => client.unlink(key)))
      await client.quit()
    },
  }
}
