import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { startPostgres, type TestServer } from '@cscapi/test-servers'
import { Client, defaults, Pool, type PoolConfig, types } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { PostgresStorage } from '../src/index.js'

const IDLE_PROGRAM = await bundleProgram(new URL('./programs/idle.mjs', import.meta.url))

let server: TestServer
let stores = 0

beforeAll(async () => {
  server = await startPostgres({ config: {} })
})
afterAll(() => server?.stop())

/** Everything that a worker does, on a pool that is set up in one odd way. */
async function useStore(config: PoolConfig): Promise<void> {
  const pool = new Pool({ connectionString: server.url, ...config })
  try {
    stores += 1
    const storage = new PostgresStorage({ pool, schema: `pool_${stores}` })
    await storage.open()
    const signals = ['a', 'b', 'a'].map((machineId, index) => ({
      machineId,
      uuid: `u${index}`,
      payload: '{"é":"\\u0000😀"}',
    }))
    expect(await storage.enqueue(signals)).toEqual({ added: 3, duplicates: 0 })
    expect(await storage.enqueue(signals)).toEqual({ added: 0, duplicates: 3 })
    await storage.createMachine({ machineId: 'a', password: 'sEcret' })
    const failing = { reason: 'unauthorized', count: 2, retryAfterMs: 0 } as const
    await storage.updateMachine('a', {
      registered: true,
      token: { value: 'tOk', scenarios: ['s'], lifetimeMs: 60_000 },
      failing,
    })
    const machine = {
      password: 'sEcret',
      registered: true,
      token: { value: 'tOk', scenarios: ['s'] },
      failing: { count: 2 },
    }
    expect(await storage.getMachine('a')).toMatchObject(machine)
    expect((await storage.listMachines({ failing: true })).machines).toMatchObject([{ machineId: 'a', ...machine }])
    const leases = [1, 2].map(() => storage.lease({ leaseMs: 60_000, maxSignals: 10 }))
    const [first, second] = (await Promise.all(leases)).map((lease) => lease!)
    expect(await storage.extend(first!, 60_000)).toBe(true)
    const rejected = first!.signals.map(({ uuid }) => ({ uuid, reason: 'nO' }))
    await storage.settle(first!, { rejected: [{ ...rejected[0]!, status: 400 }, ...rejected.slice(1)] })
    await storage.settle(second!, { sent: second!.signals.map(({ uuid }) => uuid), keepSent: true })
    const listed = (await storage.listSignals({ status: 'rejected' })).signals
    expect(listed).toMatchObject(
      [{ reason: 'nO', httpStatus: 400, payload: signals[0]!.payload }, {}].slice(0, listed.length),
    )
    expect(listed).toHaveLength(rejected.length)
    expect(await storage.requeueSignals()).toBe(rejected.length)
    const version = await storage.setState('k', new Uint8Array([0, 92, 255]), { ifVersion: 0 })
    expect(await storage.getState('k')).toMatchObject({ value: new Uint8Array([0, 92, 255]), version })
    expect(await storage.stats()).toMatchObject({ pending: rejected.length, sent: second!.signals.length, failing: 1 })
    expect(await storage.deleteMachines(['a', 'b'])).toBe(2)
    await storage.close()
  } finally {
    await pool.end()
  }
}

const settings = (text: string): PoolConfig => ({
  options: text
    .split(' ')
    .map((setting) => `-c ${setting}`)
    .join(' '),
})

describe('a pool of pg', () => {
  test.each<[string, PoolConfig]>([
    ['one connection', { max: 1 }],
    ['connections used once', { maxUses: 1 }],
    ['connections dropped at once', { idleTimeoutMillis: 1 }],
    ['connections of a short life', { maxLifetimeSeconds: 1 }],
    ['allowExitOnIdle', { allowExitOnIdle: true }],
    ['keepAlive', { keepAlive: true, keepAliveInitialDelayMillis: 1_000 }],
    ['statement_timeout', { statement_timeout: 20_000 }],
    ['query_timeout', { query_timeout: 20_000 }],
    ['lock_timeout', { lock_timeout: 20_000 }],
    ['idle_in_transaction_session_timeout', { idle_in_transaction_session_timeout: 20_000 }],
    ['connectionTimeoutMillis', { connectionTimeoutMillis: 20_000 }],
    ['application_name', { application_name: 'acme', fallback_application_name: 'acme' }],
    ['its own type parsers', { types: { getTypeParser: () => () => 'parsed' } as never }],
    ['pipelining', { pipeline: true } as PoolConfig],
    ['client_encoding', { client_encoding: 'utf-8' }],
    ['a Client of its own', { Client: class Other extends Client {} }],
    [
      'onConnect',
      { onConnect: async (client) => void (await client.query("SET search_path = 'pg_temp'")) } as PoolConfig,
    ],
    ['search_path', settings('search_path=nowhere')],
    ['isolation', settings('default_transaction_isolation=serializable')],
    ['deferrable', settings('default_transaction_deferrable=on')],
    ['backslashes in strings', settings('standard_conforming_strings=off')],
    ['bytea_output', settings('bytea_output=escape')],
    [
      'styles',
      settings('intervalstyle=sql_standard datestyle=German,DMY timezone=Asia/Kathmandu extra_float_digits=-15'),
    ],
    ['array_nulls', settings('array_nulls=off')],
    ['transform_null_equals', settings('transform_null_equals=on')],
    ['row_security', settings('row_security=off')],
    ['synchronous_commit', settings('synchronous_commit=off')],
    ['messages', settings('client_min_messages=debug1 lc_messages=C')],
  ])('with %s works', (_, config) => useStore(config))

  test('whose database turned settings works', async () => {
    const admin = new Pool({ connectionString: server.url, max: 1 })
    const names = [
      'search_path = nowhere',
      "bytea_output = 'escape'",
      "client_encoding = 'LATIN1'",
      "datestyle = 'SQL'",
    ]
    for (const setting of names) await admin.query(`ALTER DATABASE postgres SET ${setting}`)
    try {
      await useStore({})
    } finally {
      await admin.query('ALTER DATABASE postgres RESET ALL')
      await admin.end()
    }
  })

  test('in a program that parses every type in its own way works', async () => {
    const oids = Object.values(types.builtins).filter((oid) => typeof oid === 'number')
    const before = [...oids, 1016, 1009].map((oid) => [oid, types.getTypeParser(oid)] as const)
    defaults.parseInt8 = true
    for (const [oid] of before) types.setTypeParser(oid, () => 'parsed')
    try {
      await useStore({})
    } finally {
      for (const [oid, parser] of before) types.setTypeParser(oid, parser)
    }
  })

  test.each<[string, PoolConfig]>([
    ['binary', { binary: true } as PoolConfig],
    ['client_encoding', { client_encoding: 'latin1' }],
  ])('with another %s is refused by name', async (name, config) => {
    const pool = new Pool({ connectionString: server.url, ...config })
    expect(() => new PostgresStorage({ pool })).toThrow(
      expect.objectContaining({
        code: 'invalid_input',
        issues: [expect.objectContaining({ path: `pool.options.${name}` })],
      }),
    )
    await pool.end()
  })

  test('in a program that asks for binary results everywhere is refused at open()', async () => {
    defaults.binary = true
    const pool = new Pool({ connectionString: server.url })
    try {
      const failure = { code: 'storage_failed', message: expect.stringContaining('binary') }
      await expect(new PostgresStorage({ pool }).open()).rejects.toMatchObject(failure)
    } finally {
      defaults.binary = false
      await pool.end()
    }
  })

  test.each<[string, PoolConfig, string]>([
    ['statements that end at once', { statement_timeout: 1 }, 'storage_busy'],
    ['a read-only session', settings('default_transaction_read_only=on'), 'storage_unavailable'],
  ])('with %s tells at open()', async (_, config, code) => {
    const admin = new Pool({ connectionString: server.url, max: 1 })
    const locked = await admin.connect()
    await locked.query('BEGIN; LOCK TABLE pg_namespace IN ACCESS EXCLUSIVE MODE')
    const pool = new Pool({ connectionString: server.url, ...config })
    const opening = new PostgresStorage({ pool, schema: 'never_made' }).open()
    if (code === 'storage_unavailable') await locked.query('ROLLBACK')
    await expect(opening).rejects.toMatchObject({ name: 'StorageError', code })
    await locked.query('ROLLBACK')
    locked.release()
    await pool.end()
    await admin.end()
  })

  test('that has ended is told at open()', async () => {
    const pool = new Pool({ connectionString: server.url })
    await pool.end()
    await expect(new PostgresStorage({ pool }).open()).rejects.toMatchObject({
      code: 'storage_unavailable',
      retryable: false,
      message: expect.stringContaining('the pool was ended'),
    })
  })

  test.each([
    ['nothing', null],
    ['text', 'postgres://h/d'],
    ['settings', { host: '127.0.0.1' }],
    ['a Client', new Client()],
  ])('is no %s', (_, pool) => {
    expect(() => new PostgresStorage({ pool: pool as never })).toThrow(
      /pool: must be a Pool of the package pg, not a Client/,
    )
  })

  test('without a listener for errors does not end the process when an idle connection is cut', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [IDLE_PROGRAM, server.url])
    expect(JSON.parse(stdout)).toEqual({ cut: 1, pendingAfterwards: 0 })
  })
})
