import { type PostgresOptions, startPostgres, type TestServer } from '@cscapi/test-servers'
import { Pool } from 'pg'
import { afterAll, beforeAll } from 'vitest'

/** Starts a server for the tests of one file, and a pool that looks behind the adapter. */
export function serverWithAdmin(options?: PostgresOptions): { readonly url: string; readonly admin: Pool } {
  let server: TestServer
  let admin: Pool
  beforeAll(async () => {
    server = await startPostgres(options)
    admin = new Pool({ connectionString: server.url, max: 2 })
  })
  afterAll(async () => {
    await admin?.end()
    await server?.stop()
  })
  return {
    get url() {
      return server.url
    },
    get admin() {
      return admin
    },
  }
}
