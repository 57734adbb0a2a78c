import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/main.ts', 'src/emulator-process.ts', 'src/decisions-process.ts'],
  format: 'esm',
  target: 'es2022',
  clean: true,
})
