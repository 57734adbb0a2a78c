import { readFileSync } from 'node:fs'
import { storageConformance } from '@cscapi/storage/conformance'
import { startPostgres, type TestServer } from '@cscapi/test-servers'
import { Pool } from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { migrationSql, PostgresStorage } from '../src/index.js'

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const GRANTS = /```sql\n(GRANT .*?)```/s.exec(README)?.[1] ?? 'not found'

let server: TestServer
let admin: Pool
let url: string

beforeAll(async () => {
  server = await startPostgres({ config: {} })
  admin = new Pool({ connectionString: server.url, max: 1 })
  await admin.query("CREATE ROLE app LOGIN PASSWORD 'app'")
  url = server.url.replace(/\/\/[^@]*@/, '//app:app@')
})
afterAll(async () => {
  await admin?.end()
  await server?.stop()
})

let schemas = 0

storageConformance({
  name: 'PostgresStorage with a role that has the rights of the README and no others',
  async emptyStore({ offsetMs }) {
    schemas += 1
    const schema = `limited_${schemas}`
    await admin.query(migrationSql({ schema }))
    await admin.query(GRANTS.replaceAll('cscapi', schema))
    const options = { url, schema, migrate: 'verify', poolSize: 4, testClockOffsetMs: offsetMs } as const
    return { connection: () => new PostgresStorage(options) }
  },
})
