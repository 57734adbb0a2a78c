import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { defaultsOf, firstCells, membersOf } from './readme/members.js'
import { workspaceRoot } from './workspace.js'

const page = readFileSync(join(workspaceRoot, 'docs/reference.md'), 'utf8')

/** The members that have no row in a table below a heading, up to the next heading of its kind. */
function unlisted(members: readonly string[], heading: string, end = '`'): string[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? ''
  const cells = firstCells(section)
  return members.filter((member) => !cells.includes(`\`${member}${end}`))
}

describe('the reference of the client', () => {
  test.each([
    ['CapiClientOptions', 'client', 26],
    ['IntakeOptions', 'client', 6],
    ['TransportOptions', 'core', 2],
  ])('has every option of %s of %s in its table', (name, of, atLeast) => {
    const options = membersOf(of, name)
    expect(options.length).toBeGreaterThanOrEqual(atLeast)
    expect(unlisted(options, 'Options')).toEqual([])
  })

  test('has every option of start() in its table', () => {
    const options = membersOf('client', 'StartOptions')
    expect(options.length).toBeGreaterThanOrEqual(9)
    expect(unlisted(options, 'Options of start()')).toEqual([])
  })

  test('says the defaults that the client fills in', () => {
    const options = ['CapiClientOptions', 'StartOptions'].flatMap((name) => membersOf('client', name))
    const defaults = defaultsOf('client').filter(([name]) => options.includes(name))
    expect(defaults.length).toBeGreaterThan(15)
    const said = new Map(
      [...page.matchAll(/^\| (`.+?) \| (.+?) \| /gm)].flatMap(([, names = '', values = '']) =>
        names.split(', ').map((name, index) => [name, values.split(', ')[index] ?? values] as const),
      ),
    )
    const shown = (name: string) => said.get(`\`${name}\``)?.replace(/[`']/g, '')
    expect(defaults.filter(([name, value]) => shown(name) !== value)).toEqual([])
  })

  test('has every call in its table', () => {
    const calls = membersOf('client', 'CapiClient')
    expect(calls.length).toBeGreaterThan(20)
    expect(unlisted(calls, 'Calls', '(')).toEqual([])
  })

  test('has every event in its table', () => {
    const events = membersOf('client', 'ClientEvents')
    expect(events.length).toBeGreaterThan(10)
    expect(unlisted(events, 'Events')).toEqual([])
  })

  test.each(['AddResult', 'SendReport', 'Problem', 'StopReport'])('has every field of %s in a table', (name) => {
    const fields = membersOf('client', name)
    expect(fields.length).toBeGreaterThanOrEqual(4)
    expect(unlisted(fields, 'Results')).toEqual([])
  })
})
