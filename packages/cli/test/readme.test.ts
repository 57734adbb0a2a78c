import { copyFileSync, readFileSync } from 'node:fs'
import { parseArgsStringToArgv } from 'string-argv'
import { expect, test } from 'vitest'
import { COMMANDS } from '../src/commands.js'
import { EXIT } from '../src/exit-codes.js'
import { settingsSchema } from '../src/settings/settings-schema.js'
import { arrange, SAMPLE } from './world.js'

const README = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const firstCells = README.split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => line.split(' | ')[0] ?? '')

const BLOCKED = ['198.51.100.7', '198.51.100.8'].map((value) => ({
  value,
  duration: '4h',
  scenario: 'crowdsecurity/ssh-bf',
}))

test('the transcript is what the commands print', async () => {
  const [, transcript = ''] = /```console\n([\s\S]*?)```/.exec(README) ?? []
  const world = await arrange({ decisions: BLOCKED })
  copyFileSync(SAMPLE, world.path('cowrie.json'))
  const env = { CSCAPI_STORAGE: '', CSCAPI_ENVIRONMENT: '', CSCAPI_MACHINE_ID: '', CSCAPI_SCENARIOS: '' }
  const said: string[] = []
  for (const line of transcript.split('\n').filter((one) => one.startsWith('$ '))) {
    const [, ...args] = parseArgsStringToArgv(line.slice(2).replaceAll('http://127.0.0.1:8088/v3', world.url))
    const { stdout, stderr } = await world.run(args, { env })
    said.push(`${line}\n${stdout}${stderr}`)
  }
  // What differs from run to run.
  const printed = said
    .join('')
    .replaceAll(world.url, 'http://127.0.0.1:8088/v3')
    .replaceAll(`${world.folder}/`, '')
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/v\d+\.\d+\.\d+, \w+ \w+/, 'VERSION')
    .replace(/honeypot[0-9a-f]{40}/g, 'MACHINE')
    .replace(/\((\d+ requests, \d login), \S+\)/g, '($1, DURATION)')
    .replace(/\b(\d+m )?\d+(ms|s|m| ms)\b/g, 'DURATION')
  expect(printed).toBe(transcript)
})

test.each(COMMANDS.filter(({ hidden }) => !hidden).map(({ name }) => [name]))('the command %s has a row', (name) => {
  expect(firstCells.filter((cell) => new RegExp(`^\\| \`${name}[ \`]`).test(cell))).toHaveLength(1)
})

test.each(Object.keys(settingsSchema().shape))('the setting %s has a row', (name) => {
  expect(firstCells.filter((cell) => cell.includes(`\`${name}\``))).toHaveLength(1)
})

test.each(Object.entries(EXIT))('the exit code of "%s", %i, has a row', (_, code) => {
  expect(firstCells.filter((cell) => new RegExp(`^\\|.*\\b${code}\\b`).test(cell))).not.toEqual([])
})
