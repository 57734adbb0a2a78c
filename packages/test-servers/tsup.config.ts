import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/index.ts', 'src/certificates.ts', 'src/temporary-folder.ts', 'src/turns-during.ts'],
  format: 'esm',
  target: 'es2022',
  dts: true,
  clean: true,
  sourcemap: true,
})
