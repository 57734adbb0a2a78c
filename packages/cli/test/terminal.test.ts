import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { arrange, BIN, oneSignal, type World } from './world.js'

/** Runs it at a terminal of its own, 100 columns wide: `script` makes one. */
function atTerminal(world: World, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const command = [process.execPath, BIN, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['-qefc', `stty cols 100 rows 40; exec ${command}`, '/dev/null'], {
    cwd: world.folder,
    env: { ...world.env, TERM: 'xterm-256color', SHELL: '/bin/sh', ...env },
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  return {
    ended: once(child, 'close').then(([code]) => ({ code: code as number, output })),
    says: (text: string) => expect.poll(() => output).toContain(text),
    type: (keys: string) => child.stdin.write(keys),
  }
}

const ENTER = '\r'
const CTRL_C = '\u0003'

test('init asks, and writes what was answered', async () => {
  const world = await arrange()
  const env = { CSCAPI_STORAGE: '', CSCAPI_MACHINE_ID: '', CSCAPI_SCENARIOS: '', CSCAPI_ENVIRONMENT: '' }
  const run = atTerminal(world, ['init'], env)
  await run.says('What do you run?')
  run.type(` ${ENTER}`)
  await run.says('Where does Cowrie')
  run.type(ENTER)
  await run.says('Which CAPI?')
  run.type(`\u001b[B${ENTER}`)
  await run.says('Where are signals and machines kept?')
  run.type(ENTER)
  await run.says('A name for this machine')
  run.type(`\u0015box 7${ENTER}`)
  await run.says('What does it detect?')
  run.type(ENTER)
  expect((await run.ended).code).toBe(0)
  const text = readFileSync(world.path('cscapi.config.yaml'), 'utf8')
  expect(text).toMatch(/^environment: development$/m)
  expect(text).toMatch(/^machineId: box7[0-9a-f]{44}$/m)
  expect(text).toMatch(/^ {4}format: cowrie$/m)
})

test('init that is given up writes nothing', async () => {
  const world = await arrange()
  const run = atTerminal(world, ['init'])
  await run.says('What do you run?')
  run.type(CTRL_C)
  const { code, output } = await run.ended
  expect(code).toBe(2)
  expect(output).toContain('Nothing was written')
  expect((await world.run(['init', '--yes'])).code).toBe(0)
})

test('a table fits, and has colours that NO_COLOR takes away', async () => {
  const world = await arrange()
  await world.ok(oneSignal())
  const { output } = await atTerminal(world, ['signals', 'ls']).ended
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
  const plain = output.replace(/\u001b\[\d+m/g, '')
  expect(output).not.toBe(plain)
  expect(plain).toMatch(/^status +age +source +scenario +machine +uuid/)
  for (const line of plain.split('\r\n')) expect(line.length).toBeLessThanOrEqual(100)
  const { output: uncoloured } = await atTerminal(world, ['signals', 'ls'], { NO_COLOR: '1' }).ended
  expect(uncoloured).not.toContain('\u001b[')
})

test('status --watch shows the store in place until Ctrl-C', async () => {
  const world = await arrange()
  await world.ok(oneSignal())
  const run = atTerminal(world, ['status', '--watch', '--every', '50ms'])
  await run.says('every 0.05s; Ctrl-C ends it')
  run.type(CTRL_C)
  expect((await run.ended).code).toBe(0)
})

test('adding from the terminal itself is refused: nothing would come', async () => {
  const world = await arrange()
  const { code, output } = await atTerminal(world, ['add', '--format', 'cowrie']).ended
  expect(code).toBe(2)
  expect(output).toContain('Nothing comes from standard input, which is this terminal')
})

test.each([
  [['signals', 'purge', '--older-than', '0'], 'Rejected signals are deleted for good. Go on?'],
  [['machines', 'rm', 'x'], '1 machine and all their signals are deleted'],
])('%j asks before it deletes, and takes enter for no', async (args, question) => {
  const world = await arrange()
  await world.ok(oneSignal())
  const run = atTerminal(world, args)
  await run.says(question)
  run.type(ENTER)
  const { code, output } = await run.ended
  expect(code).toBe(0)
  expect(output).not.toMatch(/deleted\r\n|removed/)
})

test('the attachment key is asked for, and not shown', async () => {
  const world = await arrange({ attachmentKeys: ['goodkey123'] })
  await world.ok(oneSignal())
  const run = atTerminal(world, ['enroll'])
  await run.says('Attachment key of the console')
  run.type(`goodkey123${ENTER}`)
  const { code, output } = await run.ended
  expect(code).toBe(0)
  expect(output).toContain('enrolled; accept it in the console')
  expect(output).not.toContain('goodkey123')
})
