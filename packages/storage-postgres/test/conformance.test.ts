import { storageConformance } from '@cscapi/storage/conformance'
import { startPostgres, type TestServer } from '@cscapi/test-servers'
import { afterAll, beforeAll } from 'vitest'
import { storeOn } from './harness.js'

let server: TestServer
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server?.stop())

storageConformance({ name: 'PostgresStorage', emptyStore: storeOn(() => server.url) })
