// The example sensor, straight from a fresh checkout: `node scripts/demo.mjs [ARGUMENT…]`. It is
// bundled from the sources; nothing is built, and only what it needs is installed.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { command } from './prepare/command.mjs'
import { install } from './prepare/install.mjs'
import { root } from './prepare/paths.mjs'
import { turbo } from './prepare/turbo.mjs'
import { workspaceFolders } from './sources/exports.mjs'

/** PostgreSQL is reached through Prisma's client, which only Prisma's own tools can write. */
const needsPrisma = process.argv.some((argument) => /^(--storage=)?postgres/.test(argument))

await command(async () => {
  install(needsPrisma ? 'all' : 'demo', console.error)
  if (needsPrisma) turbo('generate', console.error)
  else for (const folder of workspaceFolders) generate(join(root, folder))
  const { bundleProgram } = await import('./sources/program.mjs')
  const program = await bundleProgram(new URL('../apps/example/src/main.ts', import.meta.url))
  await import(pathToFileURL(program).href)
})

/** Writes the sources of a package that are made of others, where it has some: its `generate`. */
function generate(cwd) {
  const { scripts } = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'))
  const [, script] = /^node (\S+)$/.exec(scripts?.generate ?? '') ?? []
  if (script === undefined) return
  const stdio = ['ignore', 'inherit', 'inherit']
  const { status } = spawnSync(process.execPath, [script, '--without-prisma'], { cwd, stdio })
  if (status !== 0) throw new Error(`${script} failed in ${cwd}: what it says is above.`)
}
