import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'

const program = await bundleProgram(new URL('programs/import-core.mjs', import.meta.url))

/** What calls take that a program may never make. */
const LATER = /\/(ky|undici|@streamparser)[@/]|^node:(tls|dns|zlib|http|https|stream)\b/

test('importing it, and making the calls of a CAPI, loads nothing that only a call needs', () => {
  const env = { PATH: process.env.PATH }
  const loaded = execFileSync(process.execPath, [program], { encoding: 'utf8', env }).trim().split('\n')
  expect(loaded).toContain('node:crypto')
  expect(loaded.filter((url) => LATER.test(url))).toEqual([])
})
