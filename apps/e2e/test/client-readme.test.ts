import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { workspaceRoot } from './workspace.js'

const page = readFileSync(join(workspaceRoot, 'packages/client/README.md'), 'utf8')

/** The first cells of all table rows below a heading, up to the next one. */
function firstCells(heading: string): string {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? ''
  return [...section.matchAll(/^\| (`.+?) \| /gm)].map(([, cell]) => cell).join('\n')
}

/** Names of what an interface or a class of a source file shows. */
function membersOf(path: string, name: string): string[] {
  const source = ts.createSourceFile(
    path,
    readFileSync(join(workspaceRoot, path), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  )
  const names: string[] = []
  source.forEachChild((node) => {
    if (!ts.isInterfaceDeclaration(node) && !ts.isClassDeclaration(node)) return
    if (node.name?.text !== name) return
    for (const member of node.members) {
      if (member.name !== undefined && ts.isIdentifier(member.name)) names.push(member.name.text)
    }
  })
  return names
}

describe('the README of the client', () => {
  test.each([
    ['packages/client/src/options.ts', 'CapiClientOptions', 20],
    ['packages/client/src/intake/intake-options.ts', 'IntakeOptions', 6],
    ['packages/core/src/transport/transport.ts', 'TransportOptions', 2],
  ])('has every option of %s in its table', (path, name, atLeast) => {
    const cells = firstCells('Options')
    const options = membersOf(path, name)
    expect(options.length).toBeGreaterThanOrEqual(atLeast)
    expect(options.filter((option) => !cells.includes(`\`${option}\``))).toEqual([])
  })

  test('has every option of start() in its table', () => {
    const cells = firstCells('Run as a service')
    expect(
      membersOf('packages/client/src/lifecycle/start-options.ts', 'StartOptions').filter(
        (option) => !cells.includes(`\`${option}\``),
      ),
    ).toEqual([])
  })

  test('has every call in its table', () => {
    const cells = firstCells('Calls')
    const calls = membersOf('packages/client/src/client.ts', 'CapiClient')
    expect(calls.length).toBeGreaterThan(20)
    expect(calls.filter((call) => !cells.includes(`\`${call}(`))).toEqual([])
  })

  test('has every event in its table', () => {
    const cells = firstCells('Watch it')
    const events = membersOf('packages/client/src/observing/events.ts', 'ClientEvents')
    expect(events.length).toBeGreaterThan(10)
    expect(events.filter((event) => !cells.includes(`\`${event}\``))).toEqual([])
  })
})
