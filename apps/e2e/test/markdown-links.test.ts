import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { anchorsOf, ownLinks } from './readme/links.js'
import { pages } from './readme/pages.js'
import { workspaceRoot } from './workspace.js'

const read = (path: string) => readFileSync(join(workspaceRoot, path), 'utf8')

/** What is wrong with the links of a page. */
function brokenLinks(page: string): string[] {
  return ownLinks(read(page)).flatMap(({ text, path, fromRoot, anchor }) => {
    const file = path === '' ? page : join(fromRoot ? '' : dirname(page), path)
    if (!existsSync(join(workspaceRoot, file))) return [`${page}: ${text} leads nowhere`]
    if (anchor === undefined) return []
    if (!statSync(join(workspaceRoot, file)).isFile()) return [`${page}: ${text} has an anchor in a folder`]
    return anchorsOf(read(file)).has(anchor) ? [] : [`${page}: ${text} names no heading`]
  })
}

test('every link from page to page leads to a file, and its anchor to a heading', () => {
  expect(pages.flatMap((page) => ownLinks(read(page))).length).toBeGreaterThan(100)
  expect(pages.flatMap(brokenLinks)).toEqual([])
})

test('the list of guides names every page of docs/', () => {
  const listed = ownLinks(read('docs/README.md')).map(({ path }) => join('docs', path))
  const guides = pages.filter((page) => dirname(page) === 'docs' && page !== 'docs/README.md')
  expect(guides.length).toBeGreaterThan(15)
  expect(guides.filter((guide) => !listed.includes(guide))).toEqual([])
})

describe('the check itself', () => {
  test.each([
    ['## Run as a service', 'run-as-a-service'],
    ['### When everybody is answered 401', 'when-everybody-is-answered-401'],
    ['## Options of start()', 'options-of-start'],
    ['## `createSignal(input)`', 'createsignalinput'],
    ['# @cscapi/storage-sqlite', 'cscapistorage-sqlite'],
    ['### bad_request, too_large', 'bad_request-too_large'],
    ['## What [CAPI](x.md) says', 'what-capi-says'],
    ['## Grüße', 'grüße'],
  ])('makes the anchor that GitHub makes: %s', (heading, anchor) => {
    expect([...anchorsOf(heading)]).toEqual([anchor])
  })

  test('counts headings that come again', () => {
    expect([...anchorsOf('## Use\n## Use\n## Use')]).toEqual(['use', 'use-1', 'use-2'])
  })

  test('takes nothing in a code block for a heading or a link', () => {
    const page = '```sh\n# a comment\nsee [a](b.md)\n```\n# A heading'
    expect([...anchorsOf(page)]).toEqual(['a-heading'])
    expect(ownLinks(page)).toEqual([])
  })

  test('tells links to the repository from others, by either address', () => {
    const page = [
      '[a](b.md) [c](../d.md#e) [f](#g) [h](https://example.com/i.md#j)',
      '[k](https://github.com/cscapi/cscapi/blob/main/docs/l.md#m)',
    ].join('\n')
    expect(ownLinks(page)).toMatchObject([
      { path: 'b.md', fromRoot: false, anchor: undefined },
      { path: '../d.md', fromRoot: false, anchor: 'e' },
      { path: '', fromRoot: false, anchor: 'g' },
      { path: 'docs/l.md', fromRoot: true, anchor: 'm' },
    ])
  })
})
