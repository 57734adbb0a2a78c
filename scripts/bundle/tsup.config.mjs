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

/**
 * A package's entry that loads each of its parts when it is asked for. Built by itself: split up
 * together with the entry that has all parts, that one would be dozens of files.
 */
const ON_DEMAND = 'on-demand'

// Not by tsup's `clean`: of two builds of one package, each would take away what the other wrote.
rmSync('dist', { recursive: true, force: true })

const { [ON_DEMAND]: onDemand, ...together } = exported

const common = {
  entry: { ...together, ...programs },
  format: 'esm',
  target: 'es2022',
  sourcemap: true,
  // Some runtimes know Node's modules by their full name only.
  removeNodeProtocol: false,
  // An error that nobody catches shows the line of the bundle that threw it.
  esbuildOptions(options) {
    options.lineLimit = 300
  },
  esbuildPlugins: [sharedZod, pureTopLevel],
}

export default [
  ...withPrisma(common),
  ...(onDemand === undefined ? [] : [{ ...common, entry: { [ON_DEMAND]: onDemand } }]),
]
