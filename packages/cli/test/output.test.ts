import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync, writeFileSync } from 'node:fs'
import { mountSmallDisk } from '@cscapi/test-servers'
import { expect, onTestFinished, test } from 'vitest'
import { arrange, BIN, MACHINE_ID, oneSignal, SAMPLE, type World } from './world.js'

/** Runs a line of shell, in which `cscapi` is the program. */
async function shell(world: World, line: string): Promise<{ code: number; stdout: string; stderr: string }> {
  const script = `cscapi() { "${process.execPath}" "${BIN}" "$@"; }\nset -o pipefail\n${line}`
  const child = spawn('bash', ['-c', script], { cwd: world.folder, env: world.env })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const [code] = await once(child, 'close')
  return { code, stdout, stderr }
}

/** A store with many signals. */
async function withSignals(world: World, many: number): Promise<void> {
  const at = new Date().toISOString()
  const signal = (index: number) =>
    JSON.stringify({
      message: 'seen',
      scenario: 'crowdsecurity/ssh-bf',
      scenario_hash: '',
      scenario_version: '',
      source: { scope: 'Ip', value: `203.0.113.${index % 250}`, ip: `203.0.113.${index % 250}` },
      start_at: at,
      stop_at: at,
      created_at: at,
      machine_id: MACHINE_ID,
      uuid: `0199aaaa-bbbb-7ccc-8ddd-${String(index).padStart(12, '0')}`,
      decisions: [],
    })
  const lines = Array.from({ length: many }, (_, index) => signal(index))
  await world.ok(['add', '--format', 'signal'], { input: lines.join('\n') })
}

test.each([
  ['signals ls --limit 5000'],
  ['signals ls --limit 5000 --json'],
  ['preview --limit 5000'],
  ['decisions export --format text'],
  ['add --format cowrie sample.json --dry-run'],
])('%s | head -1 ends without a word and without a failure', async (command) => {
  const world = await arrange({ decisions: 20_000 })
  await withSignals(world, 5_000)
  writeFileSync(world.path('sample.json'), readFileSync(SAMPLE))
  if (command.startsWith('decisions')) await world.ok(['decisions', 'pull'])
  const { code, stdout, stderr } = await shell(world, `cscapi ${command} | head -1`)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout.split('\n')).toHaveLength(2)
})

test('signals are stored also when nobody reads what is said about it', async () => {
  const world = await arrange()
  await shell(world, `cscapi add --format cowrie ${SAMPLE} --json | true`)
  expect(await world.ok(['signals', 'ls', '--json'])).toMatch(/^(\{.*\}\n){3}$/)
})

test.each([['version'], ['signals ls'], ['status'], ['preview'], ['config show']])(
  '%s says that standard output is full, and fails',
  async (command) => {
    const world = await arrange()
    await withSignals(world, 10)
    const { code, stderr } = await world.run(command.split(' '), {
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    })
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/(^|\n)cscapi: standard output cannot be written: .*no space left on device.*\n$/),
    })
  },
)

test('a disk that gets full is told, with what to do; what was stored stays, and the rest is added later', async () => {
  const { disk, refused } = { refused: '', ...mountSmallDisk(1) }
  if (disk === undefined) throw new Error(`This test needs a small disk: ${refused}`)
  onTestFinished(() => disk.remove())
  const world = await arrange()
  const env = { CSCAPI_STORAGE: `sqlite:${disk.path}/store.db` }
  const lines = readFileSync(SAMPLE, 'utf8')
  // Each copy is of other addresses.
  const many = Array.from({ length: 1_500 }, (_, index) =>
    lines
      .replaceAll('203.0.113.', `1${1 + (index % 9)}.${Math.floor(index / 9)}.1.`)
      .replaceAll('"session":"', `"session":"${index}-`),
  ).join('\n')
  const full = await world.run(['add', '--format', 'cowrie'], { env, input: many })
  expect(full.code).toBe(4)
  expect(full.stderr).toMatch(/^cscapi: \d+ signals were added, then signal \d+ could not be: .*(full|space).*\n$/)
  disk.grow(64)
  const after = await world.run(['add', '--format', 'cowrie'], { env, input: many })
  expect(after.code).toBe(0)
  expect(after.stdout).toMatch(/^[\d,]+ signals added/)
})

test('where nobody looks, no colour, no table and no progress is written', async () => {
  const world = await arrange()
  await world.ok(oneSignal())
  for (const args of [['status'], ['signals', 'ls'], ['send'], ['machines', 'ls'], ['doctor'], ['--help']]) {
    const { stdout, stderr } = await world.run(args)
    expect(`${args}: ${JSON.stringify(stdout + stderr)}`).not.toContain('\\u001b')
  }
})

test('what CAPI and logs say cannot steer a terminal', async () => {
  const world = await arrange()
  const evil = '\u001b[2J\u001b]0;title\u0007\u009b31mevil\r\nforged line'
  await world.ok([...oneSignal(), '--message', 'fine'])
  world.emulator.faults.inject({ route: 'signals', status: 400, body: { message: evil } })
  const outputs = [
    await world.run(['send']),
    await world.run(['signals', 'rejected']),
    await world.run(['signals', 'rejected', '--json']),
    await world.run(['status']),
    await world.run(['add', '--format', evil]),
    await world.run(['machines', 'show', evil]),
    await world.run([evil]),
    await world.run(['add', '--ip', evil, '--scenario', evil]),
    await world.run(['decisions', 'check', evil]),
  ]
  for (const { stdout, stderr } of outputs) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|^forged/m)
  }
  expect(outputs[1]?.stdout).toContain('evil forged line')
})
