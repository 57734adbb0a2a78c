import { Cluster } from 'ioredis'
import { expect, test } from 'vitest'
import { startRedisCluster } from '../src/index.js'

test('a cluster of three masters and three replicas serves all slots, also when a master is killed and comes back', async () => {
  const cluster = await startRedisCluster({ masters: 3, replicas: 3 })
  const client = new Cluster([...cluster.urls], { clusterRetryStrategy: () => 50 })
  client.on('error', () => undefined)
  try {
    const keys = Array.from({ length: 30 }, (_, index) => `key-${index}`)
    await Promise.all(keys.map((key) => client.set(key, 'before')))
    await cluster.nodes[0]!.kill()
    await cluster.healthy()
    await Promise.all(keys.map((key) => client.set(key, 'after')))
    await cluster.nodes[0]!.restart()
    await cluster.healthy()
    expect(await Promise.all(keys.map((key) => client.get(key)))).toEqual(keys.map(() => 'after'))
    expect(client.nodes('master')).toHaveLength(3)
  } finally {
    client.disconnect()
    await cluster.stop()
  }
})
