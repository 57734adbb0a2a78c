import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compileExamples } from './readme/compile.js'
import { readExamples } from './readme/examples.js'
import { pages } from './readme/pages.js'
import { workspacePackages, workspaceRoot } from './workspace.js'

// An adapter's author reads pieces of files that are still to be written.
const compiled = pages.filter((page) => !page.endsWith('adding-an-adapter.md'))
const examplesOf = (page: string) => readExamples(join(workspaceRoot, page))

test('every TypeScript and JavaScript example of every page compiles against the built packages', () => {
  const examples = compiled.flatMap(examplesOf)
  expect(examples.length).toBeGreaterThan(0)
  expect(compileExamples(examples)).toEqual([])
})

test('the README at the root names every published package and links to its README', () => {
  const text = readFileSync(join(workspaceRoot, 'README.md'), 'utf8')
  const published = workspacePackages().filter(({ manifest }) => manifest.private !== true)
  const rows = published.map(
    ({ folder, manifest }) => `[\`${manifest.name}\`](${relative(workspaceRoot, folder)}/README.md)`,
  )
  expect(rows.filter((row) => !text.includes(row))).toEqual([])
})

test('no page makes a client more than once, so that what is new on it is seen', () => {
  const clients = pages.map((page) => ({
    page,
    count: examplesOf(page).flatMap(({ code }) => code.match(/new CapiClient\(/g) ?? []).length,
  }))
  expect(clients.filter(({ count }) => count === 1).length).toBeGreaterThan(10)
  expect(clients.filter(({ count }) => count > 1)).toEqual([])
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
