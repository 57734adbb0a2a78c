import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'

const PROGRAM = await bundleProgram(new URL('programs/pull-hostile.mjs', import.meta.url))
const MEBIBYTES = 8
/** A third of what the lists in such a text take. */
const HEAP_MEBIBYTES = 48
/** One for every 16 KiB at least. */
const TURNS = MEBIBYTES * 64

async function pull(name: string) {
  const flags = [`--max-old-space-size=${HEAP_MEBIBYTES}`, PROGRAM, name, String(MEBIBYTES)]
  const { stdout } = await promisify(execFile)(process.execPath, flags)
  return JSON.parse(stdout)
}

describe('an answer that is hostile takes little memory, and leaves others their turns:', () => {
  test.each([
    ['groups that are none', 2_790_000, 100],
    ['entries that are none', 2_790_000, 100],
    ['entries that break every rule', 310_000, 100],
    ['removals that are none', 4_190_000, 100],
    ['links that are none', 2_790_000, 100],
    ['a group of unknown parts', 1, 3],
    ['a part that nobody knows', 0, 0],
    ['one long text', 0, 0],
    ['one long number', 0, 0],
  ])('%s', { timeout: 300_000 }, async (name, atLeast, issues) => {
    const { kept, told, skippedCount, turns } = await pull(name)
    expect(kept).toBe(0)
    expect(skippedCount).toBeGreaterThanOrEqual(atLeast)
    expect(told).toBe(issues)
    expect(turns).toBeGreaterThan(TURNS)
  })

  test.each([
    ['a text without an end'],
    ['a list without an end'],
    ['levels without an end'],
    ['an entry without an end'],
  ])('%s', { timeout: 300_000 }, async (name) => {
    expect(await pull(name)).toMatchObject({ code: 'unexpected_response' })
  })
})
