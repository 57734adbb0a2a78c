import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts'],
  format: 'esm',
  target: 'es2022',
  noExternal: ['@cscapi/storage-sql'],
  dts: { resolve: ['@cscapi/storage-sql'] },
  clean: true,
  sourcemap: true,
})
