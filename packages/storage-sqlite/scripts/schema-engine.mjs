// Prisma's schema engine without its native binary: prints the SQL that creates what schema.prisma says.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { PrismaBetterSqlite3 } from '@prisma/adapter-better-sqlite3'
import { bindSqlAdapterFactory } from '@prisma/driver-adapter-utils'

const require = createRequire(import.meta.url)
const schemaPath = fileURLToPath(new URL('../prisma/schema.prisma', import.meta.url))

/** The bindings keep one instance; a second one in the same process breaks both. */
async function loadBindings() {
  const folder = dirname(require.resolve('@prisma/schema-engine-wasm'))
  const bindings = await import(pathToFileURL(join(folder, 'schema_engine_bg.js')).href)
  const wasm = await readFile(join(folder, 'schema_engine_bg.wasm'))
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': bindings })
  bindings.__wbg_set_wasm(instance.exports)
  instance.exports.__wbindgen_start()
  return bindings
}

let loading

/** The SQL that creates a schema (by default schema.prisma) in an empty database. */
export async function schemaSql(content) {
  const schema = content ?? (await readFile(schemaPath, 'utf8'))
  loading ??= loadBindings()
  const bindings = await loading
  const factory = bindSqlAdapterFactory(new PrismaBetterSqlite3({ url: 'file::memory:' }))
  const engine = await bindings.SchemaEngine.new({ datamodels: [[schemaPath, schema]] }, () => {}, factory)
  const { stdout } = await engine.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files: [{ path: schemaPath, content: schema }], configDir: '.' },
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  return stdout
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(await schemaSql())
