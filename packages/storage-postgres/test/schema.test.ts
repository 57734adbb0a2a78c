import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { schemaSql } from '@cscapi/storage-sql/scripts/schema-engine.mjs'
import { PrismaPg } from '@prisma/adapter-pg'
import { Pool } from 'pg'
import { describe, expect, test } from 'vitest'
import { migrationSql, PostgresStorage } from '../src/index.js'
import { serverWithAdmin } from './server-with-admin.js'

const SCHEMA = readFileSync(fileURLToPath(new URL('../prisma/schema.prisma', import.meta.url)), 'utf8')

const server = serverWithAdmin()

/**
 * Runs `sql` in a schema of its own and tells what it made there: columns, and indexes with their
 * conditions.
 */
async function structureAfter(schema: string, sql: string) {
  const client = await server.admin.connect()
  try {
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}; SET search_path TO ${schema}; ${sql}; RESET search_path`)
    return await structureOf(client, schema)
  } finally {
    client.release(true)
  }
}

const OWN = "table_name <> 'cscapi_migrations'"

async function structureOf(on: Pick<Pool, 'query'>, schema: string) {
  // An identity and a sequence are two ways to number rows; and Prisma cannot say that a list is
  // never null.
  const columns = await on.query(
    `SELECT table_name, column_name, udt_name, data_type = 'ARRAY' OR is_nullable = 'YES' AS nullable,
       CASE WHEN is_identity = 'YES' OR column_default LIKE 'nextval%' THEN 'numbered'
         ELSE regexp_replace(column_default, 'ARRAY\\[\\]::bigint\\[\\]', '''{}''::bigint[]') END AS value
     FROM information_schema.columns WHERE table_schema = $1 AND ${OWN} ORDER BY table_name, ordinal_position`,
    [schema],
  )
  const indexes = await on.query(
    `SELECT indexname, replace(indexdef, $1 || '.', '') AS definition FROM pg_indexes
     WHERE schemaname = $1 AND tablename <> 'cscapi_migrations' ORDER BY indexname`,
    [schema],
  )
  return { columns: columns.rows, indexes: indexes.rows }
}

const prismaSql = (schema: string) => schemaSql(schema, new PrismaPg(server.url))

describe('the schema', () => {
  test('is what schema.prisma says after all migrations', async () => {
    const migrated = await structureAfter('migrated', migrationSql({ schema: 'migrated' }))
    const modelled = await structureAfter('modelled', await prismaSql(SCHEMA))
    expect(migrated.columns.length).toBeGreaterThan(30)
    expect(migrated).toEqual(modelled)
  })

  test.each([
    ['a column', 'extra_column', 'model State {', 'model State {\n  extra String?'],
    ['an index', 'extra_index', '@@map("state")', '@@index([version])\n  @@map("state")'],
    ['the condition of an index', 'other_condition', 'raw("state = 0")', 'raw("state = 1")'],
    ['a type', 'other_type', '@db.SmallInt', '@db.Integer'],
  ])('and %s that the migrations lack would be noticed', async (_, name, from, to) => {
    const migrated = await structureAfter(`${name}_a`, migrationSql({ schema: `${name}_a` }))
    const drifted = await structureAfter(`${name}_b`, await prismaSql(SCHEMA.replace(from, to)))
    expect(migrated).not.toEqual(drifted)
  })

  test('is the one that open() makes', async () => {
    const storage = new PostgresStorage({ url: server.url, schema: 'opened' })
    await storage.open()
    await storage.close()
    expect(await structureOf(server.admin, 'opened')).toEqual(
      await structureAfter('scripted', migrationSql({ schema: 'scripted' })),
    )
  })
})

describe('a pool of the caller', () => {
  test('may come from another copy of pg, and stays open', async () => {
    // Loaded anew, as a second copy in node_modules would be.
    const require = createRequire(import.meta.url)
    for (const path of Object.keys(require.cache)) if (/[\\/]pg(-pool)?[\\/]/.test(path)) delete require.cache[path]
    const copy: { Pool: typeof Pool } = require('pg')
    const pool = new copy.Pool({ connectionString: server.url })
    expect(pool).not.toBeInstanceOf(Pool)
    const storage = new PostgresStorage({ pool, schema: 'copied' })
    await storage.open()
    await storage.createMachine({ machineId: 'm', password: 'p' })
    expect((await storage.listMachines()).machines).toMatchObject([{ machineId: 'm', password: 'p' }])
    await storage.close()
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
    await pool.end()
  })

  test('of one connection is enough for every call at once', async () => {
    const storage = new PostgresStorage({ url: server.url, schema: 'narrow', poolSize: 1 })
    await storage.open()
    await storage.createMachine({ machineId: 'm', password: 'p' })
    await storage.enqueue([{ machineId: 'm', uuid: 'u', payload: '{}' }])
    const [lease] = await Promise.all([
      storage.lease({ leaseMs: 60_000, maxSignals: 10 }),
      ...Array.from({ length: 20 }, () => storage.getMachine('m')),
      storage.listMachines(),
      storage.stats(),
    ])
    expect(lease).toMatchObject({ machine: { password: 'p' }, signals: [{ uuid: 'u' }] })
    await storage.close()
  })
})
