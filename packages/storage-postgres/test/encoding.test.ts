import { startPostgres, type TestServer } from '@cscapi/test-servers'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PostgresStorage } from '../src/index.js'

let server: TestServer
let admin: Client

beforeAll(async () => {
  server = await startPostgres()
  admin = new Client(server.url)
  await admin.connect()
})
afterAll(async () => {
  await admin?.end()
  await server?.stop()
})

const urlOf = (database: string) => server.url.replace(/\/[^/]*$/, `/${database}`)

describe('a database of the encoding', () => {
  test.each(['SQL_ASCII', 'LATIN1', 'EUC_JP'])(
    '%s is refused at open() with the command that makes a right one',
    async (encoding) => {
      const name = `in_${encoding.toLowerCase()}`
      await admin.query(`CREATE DATABASE ${name} ENCODING '${encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`)
      const failure: unknown = await new PostgresStorage({ url: urlOf(name) }).open().catch((error: unknown) => error)
      expect(failure).toMatchObject({ code: 'storage_failed', driverCode: 'ENCODING', retryable: false })
      expect(String(failure)).toContain(`has the encoding ${encoding}`)
      const [command] = /CREATE DATABASE [^;]*;/.exec(String(failure)) ?? []
      await admin.query(String(command))
      const storage = new PostgresStorage({ url: urlOf(`${name}_utf8`) })
      await storage.open()
      const payload = JSON.stringify({ agent: 'Mozilla 😀 ü 日本' })
      await storage.enqueue([{ machineId: 'm', uuid: 'u', payload }])
      expect((await storage.lease({ leaseMs: 60_000, maxSignals: 1 }))?.signals).toEqual([{ uuid: 'u', payload }])
      await storage.close()
      const { rowCount } = await (async () => {
        const client = new Client(urlOf(name))
        await client.connect()
        try {
          return await client.query("SELECT 1 FROM pg_namespace WHERE nspname = 'cscapi'")
        } finally {
          await client.end()
        }
      })()
      expect(rowCount).toBe(0)
    },
  )
})
