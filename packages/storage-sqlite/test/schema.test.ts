import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { schemaSql } from '@cscapi/storage-sql/scripts/schema-engine.mjs'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { describe, expect, test } from 'vitest'
import { chooseDriver } from '../src/drivers/choose-driver.js'
import type { DriverConnection } from '../src/drivers/driver.js'
import { SqliteStorage } from '../src/index.js'

const SCHEMA = readFileSync(fileURLToPath(new URL('../prisma/schema.prisma', import.meta.url)), 'utf8')
const driver = await chooseDriver('schema.prisma')

const refuse = async () => {
  throw new Error('Prisma’s engine asked the database, and not only the schema')
}
/** Prisma's engine wants a database before it reads a schema, and asks it nothing. */
const unasked = {
  provider: 'sqlite',
  adapterName: 'none',
  queryRaw: refuse,
  executeRaw: refuse,
  executeScript: refuse,
  startTransaction: refuse,
  dispose: async () => undefined,
} as const
const connect = async () => unasked
const prismaSql = (schema: string) =>
  schemaSql(schema, { provider: 'sqlite', adapterName: 'none', connect, connectToShadowDb: connect })

async function migrated(): Promise<DriverConnection> {
  const path = join(temporaryFolder(), 'store.db')
  const storage = new SqliteStorage({ driver: driver.name, path })
  await storage.open()
  await storage.close()
  return driver.open(path)
}

function databaseFrom(sql: string): DriverConnection {
  const database = driver.open(':memory:')
  database.exec(sql)
  return database
}

/** Tables, columns, indexes with their conditions, and foreign keys, however they were written. */
function structureOf(database: DriverConnection) {
  const rows = (sql: string, ...values: string[]) =>
    database.prepare(sql).all(...values) as Record<string, string | null>[]
  const structure = rows(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'cscapi_migrations' ORDER BY name",
  ).map(({ name: table }) => ({
    table,
    columns: rows('SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_info(?) ORDER BY cid', String(table)),
    foreignKeys: rows(
      'SELECT "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?)',
      String(table),
    ),
    indexes: rows(
      'SELECT l.name, l."unique", l.partial, m.sql FROM pragma_index_list(?) l JOIN sqlite_master m ON m.name = l.name ORDER BY l.name',
      String(table),
    ).map(({ sql, ...rest }) => ({
      ...rest,
      columns: rows('SELECT name FROM pragma_index_info(?) ORDER BY seqno', String(rest.name)),
      condition: sql?.split(/ WHERE /i)[1],
    })),
  }))
  database.close()
  return structure
}

describe('the schema', () => {
  test('is what schema.prisma says after all migrations', async () => {
    const structure = structureOf(await migrated())
    expect(structure.map(({ table }) => table)).toContain('signals')
    expect(structure).toEqual(structureOf(databaseFrom(await prismaSql(SCHEMA))))
  })

  test.each([
    ['a column', 'model State {', 'model State {\n  extra String?'],
    ['an index', '@@map("state")', '@@index([version])\n  @@map("state")'],
    ['the condition of an index', 'raw("state = 0")', 'raw("state = 1")'],
  ])('and %s that the migrations lack would be noticed', async (_, from, to) => {
    const drifted = structureOf(databaseFrom(await prismaSql(SCHEMA.replace(from, to))))
    expect(structureOf(await migrated())).not.toEqual(drifted)
  })
})
