import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startPostgres, type TestServer } from '@cscapi/test-servers'
import { Client } from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { PostgresStorage } from '../src/index.js'

let first: TestServer
let second: TestServer
let nobody: number

beforeAll(async () => {
  ;[first, second] = await Promise.all([
    startPostgres({ password: 'p@ss/word' }),
    startPostgres({ password: 'p@ss/word' }),
  ])
  nobody = await freePort()
})
afterAll(async () => {
  await first?.stop()
  await second?.stop()
})
beforeEach(async () => {
  await setReadOnly(first, false)
  await setReadOnly(second, false)
})

const portOf = ({ url }: TestServer) => new URL(url).port

async function on<T>(server: TestServer, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(server.url)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** As a standby, or a server that was taken out of service, is. */
const setReadOnly = (server: TestServer, isReadOnly: boolean) =>
  on(server, async (client) => {
    await client.query('SET default_transaction_read_only = off')
    await client.query(`ALTER DATABASE postgres SET default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}`)
  })

const isIn = (server: TestServer, schema: string) =>
  on(
    server,
    async (client) => (await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema])).rowCount === 1,
  )

const storageOn = (ports: readonly (string | number)[], schema: string, query = '') =>
  new PostgresStorage({
    url: `postgres://postgres:p%40ss%2Fword@${ports.map((port) => `127.0.0.1:${port}`).join()}/postgres${query}`,
    schema,
    poolSize: 1,
  })

describe('a URL of several hosts', () => {
  test.each([
    ['', 'down'],
    ['?load_balance_hosts=random', 'down'],
    ['?target_session_attrs=read-write', 'down'],
    ['?target_session_attrs=primary', 'down'],
    ['?target_session_attrs=read-write', 'read-only'],
  ])('with "%s" passes over the first one where it is %s', async (query, state) => {
    const schema = `past_${state.replace('-', '_')}_${query.replace(/\W/g, '_').slice(-20)}`
    if (state === 'read-only') await setReadOnly(first, true)
    const storage = storageOn([state === 'down' ? nobody : portOf(first), portOf(second)], schema, query)
    await storage.open()
    expect(await storage.enqueue([{ machineId: 'm', uuid: 'u', payload: '{}' }])).toEqual({ added: 1, duplicates: 0 })
    await storage.close()
    expect([await isIn(first, schema), await isIn(second, schema)]).toEqual([false, true])
  })

  test('takes the first one that answers', async () => {
    const storage = storageOn([portOf(first), portOf(second)], 'both')
    await storage.open()
    await storage.close()
    expect([await isIn(first, 'both'), await isIn(second, 'both')]).toEqual([true, false])
  })

  test('finds the other one after a failover, on the same storage', async () => {
    const storage = storageOn([portOf(first), portOf(second)], 'failover', '?target_session_attrs=read-write')
    const other = storageOn([portOf(second)], 'failover')
    await Promise.all([storage.open(), other.open()])
    await first.kill()
    try {
      await expect.poll(() => storage.stats().catch(() => undefined), { timeout: 120_000 }).toBeDefined()
      await storage.enqueue([{ machineId: 'm', uuid: 'u', payload: '{}' }])
      expect(await other.stats()).toMatchObject({ pending: 1 })
    } finally {
      await first.restart()
      await storage.close()
      await other.close()
    }
  })

  test('of which none will do says what is wrong with each, and no password', async () => {
    await setReadOnly(second, true)
    const storage = storageOn([nobody, portOf(second)], 'none', '?target_session_attrs=read-write')
    const failure = await storage.open().catch((error: unknown) => error)
    expect(failure).toMatchObject({
      code: 'storage_unavailable',
      retryable: true,
      message: expect.stringMatching(/ECONNREFUSED.*is read-only/),
    })
    expect(String(failure)).not.toContain('p@ss/word')
  })

  test('with a wrong password says so', async () => {
    const url = `postgres://postgres:wrong-one@127.0.0.1:${nobody},127.0.0.1:${portOf(first)}/postgres`
    await expect(new PostgresStorage({ url }).open()).rejects.toMatchObject({ driverCode: '28P01' })
  })
})

test('a Unix socket is a host', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cscapi-pg-'))
  chmodSync(folder, 0o777)
  const server = await startPostgres({ config: { unix_socket_directories: folder } })
  const port = portOf(server)
  for (const url of [
    `postgres://postgres@${encodeURIComponent(folder)}:${port}/postgres`,
    `postgres://postgres@/postgres?host=${folder}&port=${port}`,
  ]) {
    const storage = new PostgresStorage({ url })
    await storage.open()
    expect(await storage.stats()).toMatchObject({ pending: 0 })
    await storage.close()
  }
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})
