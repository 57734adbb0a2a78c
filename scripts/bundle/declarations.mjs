// Writes the declarations of a package, run in its folder: one file for each that it publishes, and
// what they share. `@internal` members are left out.
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'
import { exported, installed } from './manifest.mjs'
import { zodDeclarations } from './zod.mjs'

const bundle = await rollup({
  input: exported,
  external: ['zod', ...installed],
  plugins: [dts({ respectExternal: true, compilerOptions: { stripInternal: true, preserveSymlinks: false } })],
  onwarn(warning, warn) {
    if (warning.code !== 'CIRCULAR_DEPENDENCY' && warning.code !== 'EMPTY_BUNDLE') warn(warning)
  },
})
for (const file of readdirSync('dist', { recursive: true })) {
  if (file.endsWith('.d.ts')) rmSync(join('dist', file))
}
await bundle.write({
  dir: 'dist',
  format: 'esm',
  entryFileNames: '[name].d.ts',
  chunkFileNames: '[name]-[hash].d.ts',
  paths: { zod: zodDeclarations() },
})
await bundle.close()
