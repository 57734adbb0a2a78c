import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FORMAT_NAMES } from '@cscapi/inputs/on-demand'
import { describe, expect, test } from 'vitest'
import { arrange, oneSignal, type World } from './world.js'

/** Tells every module that is loaded. */
const HOOK = `export async function load(url, context, next) { process._rawDebug('LOADED ' + url); return next(url, context) }`
const REGISTER = `import { register } from 'node:module'; register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(HOOK)}))`

async function loadedBy(world: World, args: readonly string[], input = ''): Promise<string[]> {
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(REGISTER)}` }
  const { code, stderr } = await world.run(args, { env, input })
  expect(code).toBe(0)
  return [...stderr.matchAll(/^LOADED (\S+)$/gm)].map(([, url = '']) => url)
}

const textsOf = (loaded: readonly string[]) =>
  loaded.filter((url) => url.startsWith('file:')).map((url) => readFileSync(fileURLToPath(url), 'utf8'))

/** The sources of ours that are in what was loaded: the bundler writes the name of each above it. */
const sourcesIn = (loaded: readonly string[]) =>
  textsOf(loaded).flatMap((text) =>
    [...text.matchAll(/^\/\/ (?:\.\.\/)*(packages\/\S+\.ts)$/gm)].map(([, path = '']) => path),
  )

const HEAVY = /cli-table3|log-update|@clack|pretty-ms|string-argv|js-yaml|papaparse|\/ky\/|undici|ioredis|prisma|\/pg\//
const BAN = 'ip=203.0.113.7 jail=sshd time=1795800000 failures=5 restored=0\n'

/** The two ways in which others call it, once for each attack. */
describe.each([
  ['from flags', oneSignal(), ''],
  ['as fail2ban does at each ban', ['add', '--format', 'fail2ban'], BAN],
])('adding one signal %s', (_, args, input) => {
  test('loads no library for people, other formats or servers', async () => {
    const loaded = await loadedBy(await arrange(), args, input)
    expect(loaded.some((url) => url.includes('commander'))).toBe(true)
    expect(loaded.filter((url) => HEAVY.test(url))).toEqual([])
  })

  test('loads no command but add, and no format but that of the line', async () => {
    const sources = sourcesIn(await loadedBy(await arrange(), args, input))
    const commands = sources.filter((path) => path.startsWith('packages/cli/src/commands/'))
    const formats = sources.flatMap((path) => {
      const name = path.startsWith('packages/inputs/src/formats/') ? basename(path, '.ts') : ''
      return FORMAT_NAMES.filter((format) => format === name)
    })
    expect(commands).toEqual(['packages/cli/src/commands/add.ts'])
    expect(formats).toEqual(args.includes('fail2ban') ? ['fail2ban'] : [])
  })

  test('loads at most 750,000 characters of our own JavaScript, before it is made small', async () => {
    const loaded = await loadedBy(await arrange(), args, input)
    const ours = textsOf(loaded.filter((url) => !url.includes('/.pnpm/')))
    const characters = ours.reduce((sum, text) => sum + text.length, 0)
    expect(characters).toBeGreaterThan(100_000)
    expect(characters).toBeLessThan(750_000)
  })
})

test('the version is told without a store, a client or a format', async () => {
  const world = await arrange()
  const loaded = await loadedBy(world, ['version'])
  expect(loaded.filter((url) => HEAVY.test(url) || /sqlite/.test(url))).toEqual([])
})
