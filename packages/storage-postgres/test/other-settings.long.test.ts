import { storageConformance } from '@cscapi/storage/conformance'
import { startPostgres, type TestServer } from '@cscapi/test-servers'
import { types } from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { storeOn } from './harness.js'

const { INT8 } = types.builtins
const asText = types.getTypeParser(INT8)

let server: TestServer
beforeAll(async () => {
  server = await startPostgres({ config: { default_transaction_isolation: 'serializable' } })
  // As many programs set it, for everybody who uses the same driver.
  types.setTypeParser(INT8, Number)
})
afterAll(async () => {
  types.setTypeParser(INT8, asText)
  await server?.stop()
})

storageConformance({
  name: 'PostgresStorage in a program that reads bigint as numbers, on a serializable database',
  emptyStore: storeOn(() => server.url),
})
