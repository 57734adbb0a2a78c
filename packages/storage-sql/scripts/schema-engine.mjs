// Prisma's schema engine without its native binary.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bindSqlAdapterFactory } from '@prisma/driver-adapter-utils'

const require = createRequire(import.meta.url)

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

/** The SQL that creates a Prisma schema in an empty database. */
export async function schemaSql(schema, driverAdapterFactory) {
  const path = 'schema.prisma'
  loading ??= loadBindings()
  const bindings = await loading
  const factory = bindSqlAdapterFactory(driverAdapterFactory)
  const engine = await bindings.SchemaEngine.new({ datamodels: [[path, schema]] }, () => {}, factory)
  const { stdout } = await engine.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files: [{ path, content: schema }], configDir: '.' },
    script: true,
    exitCode: null,
    shadowDatabaseUrl: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  return stdout
}
