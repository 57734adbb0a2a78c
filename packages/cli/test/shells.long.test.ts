import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { findFish, findZsh } from '@cscapi/test-servers'
import { expect, test } from 'vitest'
import { arrange, BIN, type World } from './world.js'

/** The program by its name, as the scripts call it, and a file that may be named. */
async function arrangeShell(): Promise<World> {
  const world = await arrange()
  const text = `#!/bin/sh\nunset LD_LIBRARY_PATH\nexec "${process.execPath}" "${BIN}" "$@"\n`
  writeFileSync(world.path('cscapi'), text, { mode: 0o755 })
  writeFileSync(world.path('my.log'), '')
  return world
}

const runIn = (world: World, command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  execFileSync(command, args, {
    cwd: world.folder,
    env: { ...world.env, ...env, PATH: `${world.folder}:${process.env.PATH}`, TERM: 'xterm' },
    encoding: 'utf8',
    timeout: 60_000,
  })

/** What is typed before the tab key, and what stands there after it. */
const TYPED = [
  ['a command', 'cscapi stat', 'cscapi status'],
  ['a subcommand', 'cscapi machines rev', 'cscapi machines revive'],
  ['a flag', 'cscapi add --dr', 'cscapi add --dry-run'],
  ['the value of a flag', 'cscapi decisions export --format hap', 'cscapi decisions export --format haproxy-map'],
  ['a file, where none of them may stand', 'cscapi add my', 'cscapi add my.log'],
] as const

test.each(TYPED)('fish completes %s', async (_, typed, completed) => {
  const { command, env } = await findFish()
  const world = await arrangeShell()
  const script = `cscapi completion fish | source; complete -C '${typed}'`
  const found = runIn(world, command, ['--no-config', '-c', script], env)
  expect(found.split('\n').map((line) => line.split('\t')[0])).toEqual([completed.split(' ').at(-1), ''])
})

/** A zsh in a terminal of its own, in which the line is typed, the tab key pressed, and waited for what is there then. */
const IN_ZSH = `
eval "$SET_UP"
zmodload zsh/zpty
zpty z "$ZSH -f -i"
zpty -w z "$SET_UP; PS1=; autoload -Uz compinit; compinit -u -D; source <(cscapi completion zsh); print REA''DY"
zpty -r -m z shown '*READY*'
zpty -w -n z "$1"$'\\t'
zpty -r -m z shown "*$2*"
print -r -- "$shown"
zpty -d z
`

test.each(TYPED)('zsh completes %s', async (_, typed, completed) => {
  const { command, env, setUp } = await findZsh()
  const world = await arrangeShell()
  writeFileSync(world.path('typed.zsh'), IN_ZSH)
  const args = ['-f', world.path('typed.zsh'), typed, completed]
  expect(runIn(world, command, args, { ...env, ZSH: command, SET_UP: setUp })).toContain(completed)
})
