import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { COMMANDS } from '../src/commands.js'
import { arrange, BIN } from './world.js'

const listed = COMMANDS.filter(({ hidden }) => hidden !== true).map(({ name }) => name)
const WITH_SUBCOMMANDS = {
  signals: ['ls', 'rejected', 'requeue', 'purge', 'export'],
  machines: ['ls', 'show', 'revive', 'rm', 'id'],
  decisions: ['pull', 'check', 'stats', 'export', 'watch'],
  config: ['show'],
}
const all = [
  ...listed.map((name) => [name]),
  ...Object.entries(WITH_SUBCOMMANDS).flatMap(([name, subs]) => subs.map((sub) => [name, sub])),
]

test('--help lists every command with a summary', async () => {
  const world = await arrange()
  const help = await world.ok(['--help'])
  for (const name of listed) expect(help).toMatch(new RegExp(`^  ${name} {2,}\\S`, 'm'))
  expect(help).not.toMatch(/^ {2}complete /m)
})

// The emulator has a help of its own.
test.each(all.filter(([name]) => name !== 'emulator'))(
  'cscapi %s %s --help has examples that name it',
  async (...names) => {
    const world = await arrange()
    const words = names.filter((name) => name !== undefined)
    const help = await world.ok([...words, '--help'])
    expect(help).toMatch(new RegExp(`Examples?:\n(.*\n)* {2}\\$ .*cscapi(/cli)? ${words.join(' ')}`))
    expect(help).toContain('Global Options:')
  },
)

test.each([
  [['stauts'], 'Did you mean status?'],
  [['signals', 'lst'], 'Did you mean ls?'],
  [['status', '--wach'], 'Did you mean --watch?'],
  [['send', 'now'], 'too many arguments'],
  [['help', 'stauts'], 'Did you mean status?'],
  [['stauts', '--help'], 'Did you mean status?'],
  [['help', 'signals', 'lst'], 'Did you mean ls?'],
  [['signals', 'help', 'lst'], 'Did you mean ls?'],
  [['signals', 'lst', '-h'], 'Did you mean ls?'],
])('%j is answered with what was probably meant: exit 2', async (args, hint) => {
  const world = await arrange()
  expect(await world.run(args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(hint) })
})

test.each([
  ['help add', 'Usage: cscapi add '],
  ['help signals ls', 'Usage: cscapi signals ls '],
  ['signals help ls', 'Usage: cscapi signals ls '],
  ['--json signals ls --help', 'Usage: cscapi signals ls '],
  ['decisions check help --help', 'Usage: cscapi decisions check '],
  ['help', 'Usage: cscapi [options]'],
])('cscapi %s shows the help that was asked for', async (command, text) => {
  const world = await arrange()
  expect(await world.ok(command.split(' '))).toContain(text)
})

test('a command that needs another says which there are', async () => {
  const world = await arrange()
  const { code, stderr } = await world.run(['signals'])
  expect(code).toBe(2)
  for (const name of WITH_SUBCOMMANDS.signals) expect(stderr).toContain(name)
})

test.each([
  [['complete', '--', 'st'], ['status']],
  [
    ['complete', '--', 'signals', ''],
    [...WITH_SUBCOMMANDS.signals, 'help'],
  ],
  [
    ['complete', '--', 'signals', 'ls', '--status', ''],
    ['pending', 'sent', 'rejected'],
  ],
  [['complete', '--', 'add', '--format', 'co'], ['cowrie']],
  [
    ['complete', '--', 'decisions', 'export', '--format', 'nginx'],
    ['nginx-deny', 'nginx-geo'],
  ],
  [['complete', '--', 'add', '--dr'], ['--dry-run']],
  [['complete', '--', '--storage', 'x', 'dec'], ['decisions']],
  [['complete', '--', 'add', 'file'], []],
])('%j gives %j', async (args, values) => {
  const world = await arrange()
  const stdout = await world.ok(args)
  expect(stdout.split('\n').map((line) => line.split('\t')[0])).toEqual([...values, ''])
})

test('bash completes commands, flags and values, and files where none of them may stand', async () => {
  const world = await arrange()
  const bin = world.path('cscapi')
  writeFileSync(bin, `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`, { mode: 0o755 })
  writeFileSync(world.path('my.log'), '')
  const completed = (words: string[]) =>
    execFileSync(
      'bash',
      [
        '-c',
        `source <(cscapi completion bash); COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _cscapi; printf '%s\\n' "\${COMPREPLY[@]}"`,
      ],
      { cwd: world.folder, env: { ...world.env, PATH: `${world.folder}:${process.env.PATH}` }, encoding: 'utf8' },
    ).trim()
  expect(completed(['cscapi', 'stat'])).toBe('status')
  expect(completed(['cscapi', 'decisions', 'export', '--format', 'hap'])).toBe('haproxy-map')
  expect(completed(['cscapi', 'add', 'my'])).toBe('')
})

test.each(['bash', 'zsh', 'fish'])('there is a completion for %s', async (shell) => {
  const world = await arrange()
  expect(await world.ok(['completion', shell])).toContain('cscapi complete -- ')
})

test('another shell is refused with those that there are', async () => {
  const world = await arrange()
  expect(await world.run(['completion', 'csh'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('bash, zsh, fish'),
  })
})
