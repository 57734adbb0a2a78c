import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { arrange, SAMPLE } from './world.js'

const lines = readFileSync(SAMPLE, 'utf8')

test('a log is followed through rotation, kill and restart: each attack is sent once, and the blocklist is pulled', async () => {
  const world = await arrange({ decisions: 5 })
  const args = ['watch', 'cowrie.json', '--format', 'cowrie']
  const log = world.path('cowrie.json')
  const first = world.start(args)
  await first.says('cowrie.json does not exist yet: it is waited for')
  await first.says('Blocklist pulled: 5 entries')
  writeFileSync(log, lines)
  await first.says('3 signals added from cowrie.json')
  first.child.kill('SIGKILL')
  await first.ended
  renameSync(log, `${log}.1`)
  // Other sessions of other addresses.
  writeFileSync(log, lines.replaceAll('203.0.113.', '198.51.100.').replaceAll('"session":"', '"session":"b'))
  const second = world.start(args)
  await second.says('3 signals added from cowrie.json')
  second.child.kill('SIGINT')
  expect((await second.ended).code).toBe(0)
  await world.ok(['send'])
  const attackers = world.emulator.signals
    .values()
    .map(({ signal }) => (signal as { source: { value: string } }).source.value)
  expect(attackers.sort()).toEqual([
    '198.51.100.7',
    '198.51.100.7',
    '198.51.100.8',
    '203.0.113.7',
    '203.0.113.7',
    '203.0.113.8',
  ])
  expect(world.emulator.signals.duplicates()).toEqual([])
})

test('the inputs of the configuration are followed, all at once', async () => {
  const world = await arrange()
  writeFileSync(
    world.path('cscapi.config.yaml'),
    'inputs:\n  - { file: a.json, format: cowrie }\n  - { file: b.log, format: endlessh, scenarioNames: { crowdsecurity/endlessh-bf: acme/tarpit } }\n',
  )
  writeFileSync(world.path('a.json'), lines)
  writeFileSync(world.path('b.log'), '')
  const run = world.start(['watch', '--no-pull', '--json'])
  await run.says('"event":"added"')
  const bad = '{"eventid":"cowrie.login.failed","src_ip":"nobody"\n'
  appendFileSync(world.path('a.json'), bad)
  await run.says('"event":"refused"')
  run.child.kill('SIGTERM')
  const { code, stdout } = await run.ended
  expect(code).toBe(0)
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(events.filter(({ event }) => event === 'added')).toMatchObject([{ file: 'a.json', added: 3, duplicates: 0 }])
  expect(events.filter(({ event }) => event === 'refused')).toMatchObject([{ file: 'a.json', line: 52 }])
  expect(events.at(-1)).toMatchObject({ event: 'stopped', pending: 3 })
})

test.each([
  [['watch'], 'No file to follow'],
  [['watch', 'x.log'], '--format is missing: cscapi watch x.log --format cowrie'],
  [['watch', '--format', 'cowrie'], 'name the files, too'],
  [['watch', 'x.log', '--format', 'cowry'], 'did you mean cowrie?'],
])('%j is refused: exit 2', async (args, sentence) => {
  const world = await arrange()
  expect(await world.run(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(sentence) })
})
