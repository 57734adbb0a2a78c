import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { Pool } from 'pg'
import { describe, expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { migrationSql, PostgresStorage } from '../src/index.js'
import { serverWithAdmin } from './admin.js'

const PROGRAM = await bundleProgram(new URL('./programs/open.mjs', import.meta.url))
const ROUNDS = 20
const PROCESSES = 8

const server = serverWithAdmin({ config: {} })

const open = async (options: object) => {
  const storage = new PostgresStorage({ url: server.url, ...options })
  await storage.open()
  return storage
}

describe('opening', () => {
  test('eight processes at once make one migration, in each of twenty rounds', async () => {
    const children = Array.from({ length: PROCESSES }, () =>
      spawn(process.execPath, [PROGRAM, server.url], { stdio: ['pipe', 'pipe', 'inherit'] }),
    )
    const outputs = children.map(({ stdout }) => stdout.setEncoding('utf8'))
    await Promise.all(outputs.map((output) => once(output, 'data')))
    for (let round = 0; round < ROUNDS; round += 1) {
      const answers = outputs.map((output) => once(output, 'data'))
      for (const { stdin } of children) stdin.write(`race_${round}\n`)
      expect((await Promise.all(answers)).map(([answer]) => String(answer).trim())).toEqual(
        Array(PROCESSES).fill('open'),
      )
      const { rows } = await server.admin.query(`SELECT version, name FROM race_${round}.cscapi_migrations`)
      expect(rows).toEqual([
        { version: 1, name: '0001-init' },
        { version: 2, name: '0002-clocks-that-were-wrong' },
        { version: 3, name: '0003-one-call' },
        { version: 4, name: '0004-in-one-row' },
      ])
    }
    for (const { stdin } of children) stdin.end()
    await Promise.all(children.map((child) => once(child, 'exit')))
  })

  test('a newer schema is refused by name', async () => {
    await (await open({ schema: 'newer' })).close()
    await server.admin.query(
      "INSERT INTO newer.cscapi_migrations (version, name, checksum) VALUES (9, '0009-later', 'x')",
    )
    await expect(open({ schema: 'newer' })).rejects.toMatchObject({
      code: 'storage_schema_newer',
      message: expect.stringContaining('version 9'),
    })
  })

  test('a database that is not there is named as what to make', async () => {
    const url = server.url.replace(/[^/]*$/, 'nowhere')
    await expect(open({ url })).rejects.toMatchObject({
      code: 'storage_unavailable',
      driverCode: '3D000',
      retryable: false,
      message: expect.stringMatching(/make it.*"nowhere"/),
    })
  })

  test('with readOnly no schema is made or upgraded, and what has the present one can be read', async () => {
    const none = { code: 'storage_schema_missing', message: expect.stringContaining('open it once without readOnly') }
    await expect(open({ schema: 'looked_at', readOnly: true })).rejects.toMatchObject(none)
    const { rows } = await server.admin.query("SELECT 1 FROM pg_namespace WHERE nspname = 'looked_at'")
    expect(rows).toEqual([])
    await (await open({ schema: 'looked_at' })).close()
    const versions = async () =>
      (await server.admin.query('SELECT version FROM looked_at.cscapi_migrations ORDER BY version')).rows
    const before = (await versions()).slice(0, -1)
    await server.admin.query(
      'DELETE FROM looked_at.cscapi_migrations WHERE version = (SELECT max(version) FROM looked_at.cscapi_migrations)',
    )
    await expect(open({ schema: 'looked_at', readOnly: true })).rejects.toMatchObject(none)
    expect(await versions()).toEqual(before)
  })

  test('with readOnly a role that may only read reads, and is refused to write', async () => {
    await (await open({ schema: 'read_by_others' })).close()
    await server.admin.query("CREATE ROLE looker LOGIN PASSWORD 'looker'")
    await server.admin.query(
      'GRANT USAGE ON SCHEMA read_by_others TO looker; GRANT SELECT ON ALL TABLES IN SCHEMA read_by_others TO looker',
    )
    const url = server.url.replace(/\/\/[^@]*@/, '//looker:looker@')
    const reader = await open({ url, schema: 'read_by_others', readOnly: true })
    expect(await reader.stats()).toMatchObject({ pending: 0 })
    expect(await reader.listMachines()).toMatchObject({ machines: [] })
    expect(await reader.listSignals()).toMatchObject({ signals: [] })
    expect(await reader.getMachine('m')).toBeUndefined()
    expect(await reader.getState('k')).toBeUndefined()
    await expect(reader.setState('k', new Uint8Array([1]))).rejects.toMatchObject({ code: 'storage_read_only' })
    await reader.close()
  })

  test('a role without the right to create tables opens what migrationSql() made', async () => {
    await server.admin.query("CREATE ROLE plain LOGIN PASSWORD 'plain'")
    const url = server.url.replace(/\/\/[^@]*@/, '//plain:plain@')
    await expect(open({ url, schema: 'made' })).rejects.toMatchObject({
      code: 'storage_unavailable',
      driverCode: '42501',
      retryable: false,
    })
    await expect(open({ url, schema: 'made', migrate: 'verify' })).rejects.toMatchObject({
      code: 'storage_schema_missing',
    })
    await server.admin.query(migrationSql({ schema: 'made' }))
    await server.admin.query('GRANT USAGE ON SCHEMA made TO plain; GRANT SELECT ON ALL TABLES IN SCHEMA made TO plain')
    await expect(open({ url, schema: 'made', migrate: 'verify' })).resolves.toBeInstanceOf(PostgresStorage)
  })

  test('the SQL of migrationSql() leaves nothing behind when it fails half-way', async () => {
    await server.admin.query('CREATE SCHEMA taken; CREATE TABLE taken.state (key TEXT)')
    const client = await server.admin.connect()
    await expect(client.query(migrationSql({ schema: 'taken' }))).rejects.toThrow('already exists')
    client.release(true)
    const { rows } = await server.admin.query("SELECT tablename FROM pg_tables WHERE schemaname IN ('taken', 'public')")
    expect(rows).toEqual([{ tablename: 'state' }])
  })

  test('without a schema, and told not to look, the first call says what is missing', async () => {
    const storage = await open({ schema: 'nowhere', migrate: 'never' })
    await expect(storage.stats()).rejects.toMatchObject({ code: 'storage_schema_missing' })
    await storage.close()
  })

  test('a schema’s name is quoted, and an odd one refused', async () => {
    await (await open({ schema: 'Select' })).close()
    for (const schema of ['a"b', 'a b', '', '1a', 'x'.repeat(64)])
      await expect(open({ schema })).rejects.toMatchObject({ name: 'InputError', issues: [{ path: 'schema' }] })
  })

  test('a pool that was handed in stays open', async () => {
    const pool = new Pool({ connectionString: server.url })
    const storage = new PostgresStorage({ pool, schema: 'pooled' })
    await storage.open()
    await storage.close()
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await pool.end()
  })

  test('a wrong password is a typed error that does not show it, and opening may be tried again', async () => {
    const storage = new PostgresStorage({ url: 'postgres://nobody:hunter2@127.0.0.1:1/x', connectTimeoutMs: 2_000 })
    for (let tries = 0; tries < 2; tries += 1) {
      const failure = await storage.open().catch((error: unknown) => error)
      expect(failure).toMatchObject({ code: 'storage_unavailable', retryable: true, driverCode: 'ECONNREFUSED' })
      expect(`${String(failure)} ${JSON.stringify(failure)}`).not.toContain('hunter2')
    }
    await storage.close()
  })
})
