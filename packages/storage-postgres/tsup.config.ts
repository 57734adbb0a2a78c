import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'es2022',
  dts: true,
  clean: true,
  // Prisma is bundled: an installed package brings no @prisma/*. Its runtime is CommonJS and wants a `require`.
  noExternal: [/^@prisma\//],
  external: ['pg'],
  splitting: false,
  minify: true,
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
})
