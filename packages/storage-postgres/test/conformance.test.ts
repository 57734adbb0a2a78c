import { storageConformance } from '@cscapi/storage/conformance'
import { startPostgres, type TestServer } from '@cscapi/test-servers'
import { afterAll, beforeAll } from 'vitest'
import { PostgresStorage } from '../src/index.js'

let server: TestServer
beforeAll(async () => {
  server = await startPostgres()
}, 120_000)
afterAll(() => server?.stop())

let schemas = 0

storageConformance({
  name: 'PostgresStorage',
  create() {
    schemas += 1
    const schema = `conformance_${process.pid}_${schemas}`
    let offset = 0
    const create = () => new PostgresStorage({ url: server.url, schema, poolSize: 4, testClockOffsetMs: () => offset })
    return {
      create,
      async connect() {
        const storage = create()
        await storage.open()
        return storage
      },
      advance(ms) {
        offset += ms
      },
      destroy() {},
    }
  },
})
