// Writes src/page.gen.ts: the page's script and its style, built from page/, as texts, since files
// cannot be read once an application is bundled.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url))

const { outputFiles } = await build({
  entryPoints: [path('page/main.tsx')],
  tsconfig: path('page/tsconfig.json'),
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  outdir: 'page',
  write: false,
  legalComments: 'none',
  define: { 'process.env.NODE_ENV': '"production"' },
})
const textOf = (extension) => {
  const file = outputFiles.find((output) => output.path.endsWith(extension))
  if (file === undefined) throw new Error(`the page was built without a ${extension} file`)
  return JSON.stringify(file.text)
}

writeFileSync(
  path('src/page.gen.ts'),
  [
    '// Made by scripts/build-page.mjs from page/.',
    'export const page = {',
    `  script: ${textOf('.js')},`,
    `  style: ${textOf('.css')},`,
    '} as const',
    '',
  ].join('\n'),
)
