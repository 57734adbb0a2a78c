import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'es2022',
  dts: { resolve: ['@cscapi/storage-sql'] },
  clean: true,
  // Prisma is bundled: an installed package brings no @prisma/*. Its runtime is CommonJS and wants a `require`.
  noExternal: [/^@prisma\//, '@cscapi/storage-sql'],
  external: ['better-sqlite3'],
  splitting: false,
  minify: true,
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
})
