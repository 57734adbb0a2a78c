import { storageConformance } from '@cscapi/storage/conformance'
import { startPostgres, type TestServer } from '@cscapi/test-servers'
import { Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { storeOn } from './harness.js'

/** For ARM, npm has none that is older than 15. */
const OLDEST = process.arch === 'arm64' ? 15 : 13

let server: TestServer
beforeAll(async () => {
  server = await startPostgres({ version: OLDEST })
})
afterAll(() => server?.stop())

test(`the server is PostgreSQL ${OLDEST}`, async () => {
  const pool = new Pool({ connectionString: server.url })
  expect((await pool.query('SHOW server_version')).rows[0]).toMatchObject({
    server_version: expect.stringMatching(new RegExp(`^${OLDEST}\\.`)),
  })
  await pool.end()
})

storageConformance({ name: `PostgresStorage on PostgreSQL ${OLDEST}`, emptyStore: storeOn(() => server.url) })
