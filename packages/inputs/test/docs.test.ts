import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { AttackRule } from '../src/attacks/attack-rule.js'
import type { InputFormat } from '../src/formats/format.js'
import { formats } from '../src/formats/formats.js'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const page = readFileSync(new URL('../../../docs/inputs.md', import.meta.url), 'utf8')

describe.each(Object.entries<InputFormat>(formats))('the format %s', (name, { attacks }) => {
  test('has a row in the README', () => {
    expect(readme).toContain(`| \`${name}\` |`)
  })

  test('has every scenario that it reports on the page of inputs', () => {
    const scenarios = Object.values<AttackRule>(attacks).flatMap(({ scenario, slow }) => [
      scenario,
      slow?.scenario ?? scenario,
    ])
    expect(scenarios.filter((scenario) => !page.includes(`${scenario.replace(/^.*\//, '')}\``))).toEqual([])
  })
})
