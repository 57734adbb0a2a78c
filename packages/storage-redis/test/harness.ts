import { randomUUID } from 'node:crypto'
import { type MakeEmptyStore, type StoreUnderTest, storeUnderTest } from '@cscapi/storage/conformance'
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

/** An empty store in a namespace of its own. */
export function storeOn(target: Target, namespace = `test-${randomUUID()}`): MakeEmptyStore {
  return ({ offsetMs }) => ({
    connection: () => new RedisStorage({ ...target, namespace, testClockOffsetMs: offsetMs }),
    async destroy() {
      const client = connectClient(target)
      await Promise.all((await keysOf(client, `${namespace}:*`)).map((key) => client.unlink(key)))
      await client.quit()
    },
  })
}

export type NamedStore = StoreUnderTest & { readonly namespace: string }

/** The same for a test of our own, with the name that its keys begin with. */
export async function emptyStore(target: Target): Promise<NamedStore> {
  const namespace = `test-${randomUUID()}`
  return { ...(await storeUnderTest(storeOn(target, namespace))), namespace }
}
