import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build, buildSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pureTopLevel } from '../../../scripts/bundle/pure-top-level.mjs'

const BUDGET = 10_000

const folder = mkdtempSync(join(tmpdir(), 'cscapi-bundle-'))
const published = join(folder, 'index.js')
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** One file with every export, as it is published. */
beforeAll(async () => {
  await build({
    entryPoints: [fileURLToPath(new URL('index.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    packages: 'external',
    plugins: [pureTopLevel],
    outfile: published,
  })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', sideEffects: false }))
})

/** What a program with this code is bundled to, for a browser. */
function bundleOf(code: string): { gzipped: number; packages: string[] } {
  const program = join(folder, 'program.mjs')
  writeFileSync(program, code)
  const options = {
    entryPoints: [program],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    nodePaths: [fileURLToPath(new URL('../node_modules', import.meta.url))],
    metafile: true,
    write: false,
  } satisfies BuildOptions
  const { outputFiles, metafile } = buildSync(options)
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs))
  const packages = inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? 'own')
  return { gzipped: gzipSync(outputFiles[0]?.contents ?? '').length, packages: [...new Set(packages)].sort() }
}

describe('a browser gets what is used, and nothing else', () => {
  test(`createSignal takes at most ${BUDGET} bytes, minified and gzipped, and no zod`, () => {
    const { gzipped, packages } = bundleOf(`import { createSignal } from '${published}'; console.log(createSignal)`)
    expect(packages).toEqual(['leven', 'own', 'uuid'])
    expect(gzipped).toBeLessThan(BUDGET)
  })

  test.each(['IpNetwork', 'NetworkSet', 'parseDuration', 'parseTimestamp', 'CscapiError', 'scenarioRule'])(
    '%s brings no package along',
    (name) => {
      expect(bundleOf(`import { ${name} } from '${published}'; console.log(${name})`).packages).toEqual(['own'])
    },
  )

  test('a model brings zod', () => {
    expect(bundleOf(`import { signalSchema } from '${published}'; console.log(signalSchema)`).packages).toContain('zod')
  })
})
