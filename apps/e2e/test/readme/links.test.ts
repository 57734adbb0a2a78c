import { describe, expect, test } from 'vitest'
import { anchorsOf, ownLinks } from './links.js'

describe('links and anchors of a page', () => {
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
