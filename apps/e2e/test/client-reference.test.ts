import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { workspaceRoot } from './workspace.js'

const page = readFileSync(join(workspaceRoot, 'docs/reference.md'), 'utf8')

/** The first cells of all table rows below a heading, up to the next one. */
function firstCells(heading: string): string {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? ''
  return [...section.matchAll(/^\| (`.+?) \| /gm)].map(([, cell]) => cell).join('\n')
}

/** The sources of a package, wherever in it they lie. */
function sourcesOf(name: string): ts.SourceFile[] {
  const folder = join(workspaceRoot, 'packages', name, 'src')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => {
      const text = readFileSync(join(folder, path), 'utf8')
      return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
    })
}

const sources = { client: sourcesOf('client'), core: sourcesOf('core') }

/** Names of what an interface or a class of a package shows. */
function membersOf(name: string, of: keyof typeof sources = 'client'): string[] {
  const names: string[] = []
  for (const source of sources[of]) {
    source.forEachChild((node) => {
      if (!ts.isInterfaceDeclaration(node) && !ts.isClassDeclaration(node)) return
      if (node.name?.text !== name) return
      for (const member of node.members) {
        if (member.name !== undefined && ts.isIdentifier(member.name)) names.push(member.name.text)
      }
    })
  }
  return names
}

/** The members that have no row below a heading. */
function unlisted(members: readonly string[], heading: string, end = '`'): string[] {
  const cells = firstCells(heading)
  return members.filter((member) => !cells.includes(`\`${member}${end}`))
}

describe('the reference of the client', () => {
  test.each([
    ['CapiClientOptions', 'client', 20],
    ['IntakeOptions', 'client', 6],
    ['TransportOptions', 'core', 2],
  ] as const)('has every option of %s of %s in its table', (name, of, atLeast) => {
    const options = membersOf(name, of)
    expect(options.length).toBeGreaterThanOrEqual(atLeast)
    expect(unlisted(options, 'Options')).toEqual([])
  })

  test('has every option of start() in its table', () => {
    const options = membersOf('StartOptions')
    expect(options.length).toBeGreaterThanOrEqual(9)
    expect(unlisted(options, 'Options of start()')).toEqual([])
  })

  test('has every call in its table', () => {
    const calls = membersOf('CapiClient')
    expect(calls.length).toBeGreaterThan(20)
    expect(unlisted(calls, 'Calls', '(')).toEqual([])
  })

  test('has every event in its table', () => {
    const events = membersOf('ClientEvents')
    expect(events.length).toBeGreaterThan(10)
    expect(unlisted(events, 'Events')).toEqual([])
  })

  test.each(['AddResult', 'SendReport', 'Problem', 'StopReport'])('has every field of %s in a table', (name) => {
    const fields = membersOf(name)
    expect(fields.length).toBeGreaterThanOrEqual(4)
    expect(unlisted(fields, 'Results')).toEqual([])
  })
})
