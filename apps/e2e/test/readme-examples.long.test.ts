import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compileExamples } from './readme/compile.js'
import { readExamples } from './readme/examples.js'
import { pages } from './readme/pages.js'
import { workspaceRoot } from './workspace.js'

// Its samples are files of the adapter in packages/storage/test/acme, which is compiled and run.
const compiled = pages.filter((page) => !page.endsWith('adding-an-adapter.md'))

test('every TypeScript and JavaScript example of every page compiles against the built packages', () => {
  const examples = compiled.flatMap((page) => readExamples(join(workspaceRoot, page)))
  expect(examples.length).toBeGreaterThan(0)
  expect(compileExamples(examples)).toEqual([])
})

describe('the check itself', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cscapi-readme-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const mistakesIn = (...lines: string[]) => {
    writeFileSync(join(folder, 'README.md'), lines.join('\n'))
    return compileExamples(readExamples(join(folder, 'README.md')))
  }

  test('names the line of a mistake', () => {
    const mistakes = mistakesIn(
      '# Title',
      '```ts',
      "import { createSignal } from '@cscapi/signals'",
      'createSignal(42)',
      '```',
    )
    expect(mistakes).toHaveLength(1)
    expect(mistakes[0]).toMatch(/README\.md:4: .*number/)
  })

  test('lets a block without imports go on with the block before it', () => {
    const first = ['```ts', "import { sep } from 'node:path'", 'const name: string = sep', '```']
    expect(mistakesIn(...first, 'text', '```ts', 'const other: string = name', '```')).toEqual([])
    expect(mistakesIn(...first, 'text', '```ts', 'const name: number = sep', '```')).toEqual([
      expect.stringMatching(/README\.md:7: .*string/),
    ])
  })

  test('leaves blocks of other languages alone', () => {
    expect(mistakesIn('```sh', 'npm install', '```', '```ts', "import 'node:fs'", '```')).toEqual([])
  })
})
