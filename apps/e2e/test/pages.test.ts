import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { readExamples } from './readme/examples.js'
import { anchorsOf, ownLinks } from './readme/links.js'
import { pages } from './readme/pages.js'
import { workspacePackages, workspaceRoot } from './workspace.js'

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

test('a README that npm shows has no relative link, since npm does not know our folders', () => {
  const published = workspacePackages().filter(({ manifest }) => manifest.private !== true)
  const readmes = published.map(({ folder }) => relative(workspaceRoot, join(folder, 'README.md')))
  const links = readmes.flatMap((readme) => ownLinks(read(readme)).map((link) => ({ readme, ...link })))
  expect(links.length).toBeGreaterThan(30)
  expect(links.filter(({ path, fromRoot }) => path !== '' && !fromRoot)).toEqual([])
})

test('the list of guides names every page of docs/', () => {
  const listed = ownLinks(read('docs/README.md')).map(({ path }) => join('docs', path))
  const guides = pages.filter((page) => dirname(page) === 'docs' && page !== 'docs/README.md')
  expect(guides.length).toBeGreaterThan(15)
  expect(guides.filter((guide) => !listed.includes(guide))).toEqual([])
})

test('the README at the root names every published package and links to its README', () => {
  const text = read('README.md')
  const published = workspacePackages().filter(({ manifest }) => manifest.private !== true)
  const rows = published.map(
    ({ folder, manifest }) => `[\`${manifest.name}\`](${relative(workspaceRoot, folder)}/README.md)`,
  )
  expect(rows.filter((row) => !text.includes(row))).toEqual([])
})

test('no page makes a client more than once, so that what is new on it is seen', () => {
  const clients = pages.map((page) => ({
    page,
    count: readExamples(join(workspaceRoot, page)).flatMap(({ code }) => code.match(/new CapiClient\(/g) ?? []).length,
  }))
  expect(clients.filter(({ count }) => count === 1).length).toBeGreaterThan(10)
  expect(clients.filter(({ count }) => count > 1)).toEqual([])
})
