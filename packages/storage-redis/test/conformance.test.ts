import { storageConformance } from '@cscapi/storage/conformance'
import { startRedis, type TestServer } from '@cscapi/test-servers'
import { afterAll, beforeAll } from 'vitest'
import { storeOn } from './harness.js'

let server: TestServer

beforeAll(async () => {
  server = await startRedis()
})
afterAll(async () => server.stop())

storageConformance({ name: 'Redis', emptyStore: (clock) => storeOn({ url: server.url })(clock) })
