import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { workspacePackages, workspaceRoot } from './workspace.js'

const page = readFileSync(join(workspaceRoot, 'docs/capi-protocol.md'), 'utf8')
const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)

/** What stands behind `docs/capi-protocol.md, ` in a comment, wherever its lines break. */
function citationsIn(source: string): string[] {
  const text = source.replace(/\n\s*(\*|\/\/)? ?/g, ' ')
  return [...text.matchAll(/capi-protocol\.md, (.{1,40})/g)].map(([, words = '']) => words)
}

test('every comment that names the protocol page names a heading that is there', () => {
  const files = workspacePackages().flatMap(({ folder }) =>
    readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, 'src', name)),
  )
  const citations = files.flatMap((file) => citationsIn(readFileSync(file, 'utf8')))
  expect(citations.length).toBeGreaterThan(20)
  expect(citations.filter((words) => !headings.some((heading) => words.startsWith(heading)))).toEqual([])
})
