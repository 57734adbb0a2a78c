import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { arrange } from './world.js'

const CSV = 'ip,at,who\n203.0.113.7,1795800000,root\n198.51.100.7,1795800060,admin\n'
const JSONL = `${JSON.stringify({ client: { 'ip.v4': '203.0.113.7' }, seen: '2026-11-28T00:00:00Z', kind: 'brute' })}\n`

const sourcesOf = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

test('--map says what stands in which column of a CSV', async () => {
  const world = await arrange()
  const map = ['source=ip', 'time=at', 'time.format=epoch_s', 'scenario=acme/login', 'context.target_user=who']
  const out = await world.ok(['add', '--format', 'csv', '--map', ...map, '--dry-run'], { input: CSV })
  expect(sourcesOf(out)).toMatchObject([
    {
      source: { value: '203.0.113.7' },
      scenario: 'acme/login',
      start_at: '2026-11-27T17:20:00.000Z',
      context: [{ key: 'target_user', value: '["root"]' }],
    },
    { source: { value: '198.51.100.7' } },
  ])
})

test('--map gives the columns of a CSV without a header, and names for what a field says', async () => {
  const world = await arrange()
  const csv = ['columns=what,from,when', 'delimiter=;', 'source=from', 'time=when']
  const names = ['scenario.field=what', 'scenario.names.a.b=acme/one', 'scenario.names.c=acme/two']
  const input =
    'a.b;203.0.113.7;2026-11-28T00:00:00Z\nc;203.0.113.8;2026-11-28T00:00:00Z\nelse;203.0.113.9;2026-11-28T00:00:00Z\n'
  const out = await world.ok(['add', '--format', 'csv', '--map', ...csv, ...names, '--dry-run'], { input })
  expect(sourcesOf(out).map(({ scenario, source }) => [scenario, source.value])).toEqual([
    ['acme/one', '203.0.113.7'],
    ['acme/two', '203.0.113.8'],
  ])
})

test('--map names paths in JSON lines; of a file, too, which watch follows', async () => {
  const world = await arrange()
  const map = ['source=client."ip.v4"', 'time=seen', 'scenario=acme/login']
  writeFileSync(world.path('log.jsonl'), JSONL)
  expect(await world.ok(['add', 'log.jsonl', '--format', 'jsonl', '--map', ...map])).toContain('1 signal added')
  writeFileSync(world.path('log.jsonl'), JSONL.replace('.7', '.8'))
  const watch = world.start(['watch', 'log.jsonl', '--format', 'jsonl', '--no-pull', '--map', ...map])
  await expect.poll(() => world.emulator.signals.size, { timeout: 20_000 }).toBe(2)
  watch.child.kill('SIGINT')
  expect((await watch.ended).code).toBe(0)
})

test.each([
  [['--map', 'source=ip'], /give --format csv or --format jsonl with it|--format is missing/],
  [['--format', 'cowrie', '--map', 'source=ip'], /--map says what stands where in csv and jsonl/],
  [['--format', 'csv', '--map', 'source'], /--map takes key=field, e\.g\. source=client_ip, and not "source"/],
  [['--format', 'csv', '--map', 'source=a', 'source=b'], /--map names source more than once/],
  [['--format', 'csv', '--map', 'time.format=a', 'time.format=b'], /--map names time\.format more than once/],
  [['--format', 'csv', '--map', 'source=ip', 'scenario=acme/login'], /mapping\.time/],
  [['--format', 'csv', '--map', 'ip=ip', 'time=at', 'scenario=acme/login'], /mapping\.ip.*did you mean source/s],
  [['--format', 'csv', '--map', 'source=ip', 'time=at', 'scenario=login'], /mapping\.scenario.*vendor\/name/s],
  [['--ip', '203.0.113.7', '--scenario', 'a/b', '--map', 'source=ip'], /one signal has none/],
])('a mapping that is none is refused with its rule: %j', async (args, rule) => {
  const world = await arrange()
  const { code, stderr } = await world.run(['add', ...args], { input: CSV })
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(rule) })
})
