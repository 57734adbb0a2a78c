import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { arrange, SAMPLE } from './world.js'

test('Ctrl-C in the middle of adding ends it, tells what is stored, and the same again adds the rest: exit 130', async () => {
  const world = await arrange()
  const run = world.start(['add', '--format', 'cowrie'])
  run.child.stdin?.write(readFileSync(SAMPLE))
  // The pipe stays open: more could come. Its signals are held until a slice is full.
  await expect.poll(() => run.child.stdin?.writableLength).toBe(0)
  await expect.poll(async () => (await world.run(['status', '--json'])).code).toBe(0)
  run.child.kill('SIGINT')
  const { code, stderr } = await run.ended
  expect(code).toBe(130)
  expect(stderr).toMatch(/cscapi: interrupted: \d+ signals? added/)
  expect(stderr).not.toMatch(/^ +at /m)
  await world.ok(['add', '--format', 'cowrie', SAMPLE])
  expect(await world.json(['signals', 'ls'])).toHaveLength(3)
})

test.each([
  ['SIGINT', 'watch', ['watch', 'cowrie.json', '--format', 'cowrie']],
  ['SIGTERM', 'watch', ['watch', 'cowrie.json', '--format', 'cowrie']],
  ['SIGINT', 'run', ['run']],
  ['SIGTERM', 'send --watch', ['send', '--watch']],
] as const)('%s ends %s in order: what it has to say is said, no lease is left, exit 0', async (signal, _, args) => {
  const world = await arrange()
  await world.ok(['add', '--format', 'cowrie', SAMPLE])
  const run = world.start(args)
  await run.says('3 signals sent')
  run.child.kill(signal)
  const { code, stdout } = await run.ended
  expect(code).toBe(0)
  expect(stdout).toMatch(/\nStopped: 0 signals waiting\n$/)
  expect(await world.json(['status'])).toMatchObject([{ queue: { pending: 0, leased: 0, sent: 3 } }])
})

test('Ctrl-C while CAPI does not answer puts the signals back, and tells what was done', async () => {
  const world = await arrange()
  await world.ok(['add', '--format', 'cowrie', SAMPLE])
  world.emulator.faults.inject({ route: 'signals', kind: 'hang' })
  const run = world.start(['send'])
  await expect.poll(() => world.emulator.record.count()).toBeGreaterThanOrEqual(3)
  run.child.kill('SIGINT')
  const { code, stdout, stderr } = await run.ended
  expect(code).toBe(130)
  expect(stdout).toContain('0 signals sent')
  expect(stderr).not.toMatch(/^ +at /m)
  expect(await world.json(['status'])).toMatchObject([{ queue: { pending: 3, leased: 0 } }])
})
