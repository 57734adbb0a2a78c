// The example sensor, straight from a fresh checkout: `node scripts/demo.mjs [ARGUMENT…]`. It is
// bundled from the sources; nothing is built, and only what it needs is installed.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { command } from './prepare/command.mjs'
import { install } from './prepare/install.mjs'
import { root } from './prepare/paths.mjs'
import { turbo } from './prepare/turbo.mjs'

/** What writes the sources that are made of others, and the package that each is run for. */
const GENERATORS = [
  ['storage-sqlite', '../storage-sql/scripts/embed-migrations.mjs'],
  ['storage-postgres', '../storage-sql/scripts/embed-migrations.mjs'],
  ['storage-redis', 'scripts/embed-lua.mjs'],
  ['ops', 'scripts/build-page.mjs'],
]

/** PostgreSQL is reached through Prisma's client, which only Prisma's own tools can write. */
const needsPrisma = process.argv.some((argument) => /^(--storage=)?postgres/.test(argument))

await command(async () => {
  install(needsPrisma ? 'all' : 'demo', console.error)
  if (needsPrisma) turbo('generate', console.error)
  else for (const [name, script] of GENERATORS) generate(join(root, 'packages', name), script)
  const { bundleProgram } = await import('./sources/program.mjs')
  const program = await bundleProgram(new URL('../apps/example/src/main.ts', import.meta.url))
  await import(pathToFileURL(program).href)
})

function generate(cwd, script) {
  const { status } = spawnSync(process.execPath, [script], { cwd, stdio: ['ignore', 'inherit', 'inherit'] })
  if (status !== 0) throw new Error(`${script} failed in ${cwd}: what it says is above.`)
}
