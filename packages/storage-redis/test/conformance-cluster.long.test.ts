import { storageConformance } from '@cscapi/storage/conformance'
import { startRedisCluster, type TestRedisCluster } from '@cscapi/test-servers'
import { afterAll, beforeAll } from 'vitest'
import { storeOn } from './harness.js'

let cluster: TestRedisCluster

beforeAll(async () => {
  cluster = await startRedisCluster({ masters: 3, replicas: 0 })
})
afterAll(async () => cluster.stop())

storageConformance({ name: 'Redis Cluster', emptyStore: (clock) => storeOn({ nodes: cluster.urls })(clock) })
