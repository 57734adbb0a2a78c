import { rmSync } from 'node:fs'
import { exported, programs } from './manifest.mjs'
import { withPrisma } from './prisma.mjs'
import { pureTopLevel } from './pure-top-level.mjs'
import { sharedZod } from './zod.mjs'

// How every package and app is built, run in its folder: `tsup --config
// ../../scripts/bundle/tsup.config.mjs`, with the entries of one that publishes none. The
// declarations are made by declarations.mjs.
// What stands in the package's `dependencies` is imported, what stands in its `devDependencies` is
// bundled.

// Not by tsup's `clean`: of two builds of one package, each would take away what the other wrote.
rmSync('dist', { recursive: true, force: true })

export default withPrisma({
  entry: { ...exported, ...programs },
  format: 'esm',
  target: 'es2022',
  sourcemap: true,
  // Some runtimes know Node's modules by their full name only.
  removeNodeProtocol: false,
  esbuildPlugins: [sharedZod, pureTopLevel],
})
