import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { expect, onTestFinished, test } from 'vitest'
import { arrange, MACHINE_ID, oneSignal, type World } from './world.js'

/** What a run needs at most, in megabytes, as the system counted it. */
async function peakMegabytes(world: World, args: readonly string[]): Promise<{ stdout: string; megabytes: number }> {
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(TELL_PEAK)}` }
  const { stdout, stderr } = await world.run(args, { env })
  return { stdout, megabytes: Number(/PEAK (\d+)/.exec(stderr)?.[1]) / 1_024 }
}
const TELL_PEAK = `process.on('exit', () => process._rawDebug('PEAK ' + process.resourceUsage().maxRSS))`

/** A file of so many signals in their wire form. */
async function signalsFile(world: World, name: string, many: number): Promise<string> {
  const path = world.path(name)
  const file = createWriteStream(path)
  const at = new Date().toISOString()
  for (let index = 0; index < many; index += 1) {
    const value = `${1 + (index % 9)}.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`
    const line = `{"message":"seen","scenario":"crowdsecurity/ssh-bf","scenario_hash":"","scenario_version":"","source":{"scope":"Ip","value":"${value}","ip":"${value}"},"start_at":"${at}","stop_at":"${at}","created_at":"${at}","machine_id":"${MACHINE_ID}","uuid":"0199aaaa-bbbb-7ccc-8ddd-${String(index).padStart(12, '0')}","decisions":[]}\n`
    if (!file.write(line)) await once(file, 'drain')
  }
  file.end()
  await finished(file)
  return path
}

test('a million lines are added, and 300,000 shown by --dry-run, in the memory that fifty thousand take', async () => {
  const world = await arrange()
  const few = await signalsFile(world, 'few.jsonl', 50_000)
  const some = await signalsFile(world, 'some.jsonl', 300_000)
  const many = await signalsFile(world, 'many.jsonl', 1_000_000)
  const add = (file: string, ...more: string[]) => peakMegabytes(world, ['add', '--format', 'signal', file, ...more])
  const shown = { few: await add(few, '--dry-run'), some: await add(some, '--dry-run') }
  expect(shown.some.megabytes).toBeLessThan(shown.few.megabytes + 150)
  expect(shown.some.stdout.length).toBeGreaterThan(90_000_000)
  const added = { few: await add(few), many: await add(many) }
  expect(added.many.megabytes).toBeLessThan(added.few.megabytes + 150)
  expect(added.many.stdout).toBe('950,000 signals added, 50,000 in the store already; 1,000,000 lines read\n')
})

test('a store that another program holds for long is told, and worth another try: exit 4', async () => {
  const world = await arrange()
  await world.ok(oneSignal())
  const { DatabaseSync } = await import('@photostructure/sqlite')
  const database = new DatabaseSync(world.path('store.db'))
  onTestFinished(() => {
    database.close()
  })
  database.exec('BEGIN IMMEDIATE')
  const { code, stderr } = await world.run(oneSignal())
  expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining('[storage_busy]') })
  database.exec('ROLLBACK')
  expect(await world.ok(oneSignal())).toBe('1 signal added\n')
})

test('the emulator runs, with its own flags, until Ctrl-C', async () => {
  const world = await arrange()
  const run = world.start(['emulator', '--port', '0', '--strict', '--json'])
  await run.says(/"url":"http:\/\/127\.0\.0\.1:\d+\/v3"/)
  const url = /http:[^"]+/.exec(run.output.stdout)?.[0] ?? ''
  await world.ok(oneSignal(), { env: { CSCAPI_ENVIRONMENT: url } })
  expect(await world.ok(['send'], { env: { CSCAPI_ENVIRONMENT: url } })).toMatch(/^1 signal sent/)
  run.child.kill('SIGTERM')
  expect((await run.ended).code).toBe(0)
  expect(await world.ok(['emulator', '--help'])).toContain('Usage: cscapi-emulator')
})
