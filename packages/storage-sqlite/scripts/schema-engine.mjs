// Prisma's schema engine without its native binary: compares schema.prisma with a database, or prints the SQL for it.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { bindSqlAdapterFactory } from '@prisma/driver-adapter-utils'

const require = createRequire(import.meta.url)
const schemaPath = fileURLToPath(new URL('../prisma/schema.prisma', import.meta.url))

async function createEngine(databasePath) {
  const folder = dirname(require.resolve('@prisma/schema-engine-wasm'))
  const bindings = await import(pathToFileURL(join(folder, 'schema_engine_bg.js')).href)
  const wasm = await readFile(join(folder, 'schema_engine_bg.wasm'))
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': bindings })
  bindings.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  const schema = await readFile(schemaPath, 'utf8')
  const factory = bindSqlAdapterFactory(new PrismaBetterSqlite3({ url: `file:${databasePath}` }))
  return bindings.SchemaEngine.new({ datamodels: [[schemaPath, schema]] }, () => {}, factory)
}

const filters = { externalTables: ['cscapi_migrations'], externalEnums: [] }

/** The SQL that creates what schema.prisma says in an empty database. */
export async function schemaSql() {
  const engine = await createEngine(':memory:')
  const { stdout } = await engine.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files: [{ path: schemaPath, content: await readFile(schemaPath, 'utf8') }], configDir: '.' },
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters,
  })
  return stdout
}

/** What lies between a database and a schema (by default schema.prisma), as SQL; `inSync` when there is nothing. */
export async function schemaDrift(databasePath, content) {
  const engine = await createEngine(databasePath)
  const { exitCode, stdout } = await engine.diff({
    from: { tag: 'schemaDatasource', files: [{ path: schemaPath, content: await readFile(schemaPath, 'utf8') }], configDir: '.' },
    to: {
      tag: 'schemaDatamodel',
      files: [{ path: schemaPath, content: content ?? (await readFile(schemaPath, 'utf8')) }],
      configDir: '.',
    },
    script: true,
    exitCode: true,
    shadowDatabaseUrl: null,
    filters,
  })
  return { inSync: exitCode === 0, sql: stdout }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(await schemaSql())
