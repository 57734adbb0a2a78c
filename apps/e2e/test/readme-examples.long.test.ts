import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { compileExamples } from './readme/compile.js'
import { readExamples } from './readme/examples.js'
import { workspacePackages, workspaceRoot } from './workspace.js'

const readmes = [workspaceRoot, ...workspacePackages().map(({ folder }) => folder)]
  .map((folder) => join(folder, 'README.md'))
  .filter((path) => existsSync(path))
const guides = readdirSync(join(workspaceRoot, 'docs'))
  .filter((name) => name.endsWith('.md'))
  .map((name) => join(workspaceRoot, 'docs', name))
// Its samples are files of the adapter in packages/storage/test/acme, which is compiled and run.
const pages = [...readmes, ...guides].filter((path) => !path.endsWith('adding-an-adapter.md'))

test('every TypeScript example of every README and guide compiles against the built packages', () => {
  const examples = pages.flatMap(readExamples)
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

test('every relative link of a README or a guide leads to a file', () => {
  const links = [...readmes, ...guides].flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)].map(([, target = '']) =>
      join(dirname(page), target),
    ),
  )
  expect(links.filter((path) => !existsSync(path))).toEqual([])
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
