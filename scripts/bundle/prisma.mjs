import { existsSync } from 'node:fs'

/** The source of what an adapter brings of Prisma; the adapter that has it is built with it. */
const SOURCE = 'src/prisma.ts'

/** Our code finds Prisma in the file beside it. */
const prismaBeside = {
  name: 'prisma-beside',
  setup({ onResolve }) {
    onResolve({ filter: /^@prisma\/adapter-|\/generated\/client\.js$|\/prisma\.js$/ }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: './prisma.js', external: true },
    )
  },
}

/**
 * How a package is built that brings Prisma, from how the others are: an installed package has no
 * @prisma/* of its own. Prisma lies minified in `prisma.js`, so that an error that nobody catches
 * shows a line of ours and not two megabytes. Its runtime is CommonJS and wants a `require`; split
 * by the bundler, it fails at the first query.
 */
export function withPrisma(common) {
  if (!existsSync(SOURCE)) return [common]
  return [
    { ...common, esbuildPlugins: [prismaBeside, ...common.esbuildPlugins] },
    {
      ...common,
      entry: { prisma: SOURCE },
      splitting: false,
      minify: true,
      // Its map names Prisma's sources without repeating them.
      esbuildOptions(options) {
        options.sourcesContent = false
      },
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    },
  ]
}
