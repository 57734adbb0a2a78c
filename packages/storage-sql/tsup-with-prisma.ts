import { rmSync } from 'node:fs'
import type { Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/** Our code finds Prisma in the file beside it. */
const prismaBeside: Plugin = {
  name: 'prisma-beside',
  setup({ onResolve }) {
    onResolve({ filter: /^@prisma\/adapter-|\/generated\/client\.js$|\/prisma\.js$/ }, ({ kind }) =>
      kind === 'entry-point' ? undefined : { path: './prisma.js', external: true },
    )
  },
}

/**
 * How an adapter is built that brings Prisma: an installed package has no @prisma/* of its own.
 * Prisma lies minified in `prisma.js`, so that an error that nobody catches shows a line of ours
 * and not two megabytes. Its runtime is CommonJS and wants a `require`; split by the bundler, it
 * fails at the first query.
 */
export function withPrisma({ driver, bundled = [] }: { driver: string; bundled?: string[] }): Options[] {
  // Here, since each of the two builds would clean away what the other wrote.
  rmSync('dist', { recursive: true, force: true })
  const both = {
    format: 'esm',
    target: 'es2022',
    external: [driver],
    noExternal: [/^@prisma\//, '@cscapi/storage-sql', ...bundled],
    splitting: false,
  } satisfies Options
  return [
    {
      ...both,
      entry: ['src/index.ts'],
      dts: { resolve: ['@cscapi/storage-sql'] },
      sourcemap: true,
      esbuildPlugins: [prismaBeside],
    },
    {
      ...both,
      entry: ['src/prisma.ts'],
      minify: true,
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    },
  ]
}
