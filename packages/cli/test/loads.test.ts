import { expect, test } from 'vitest'
import { arrange, oneSignal, type World } from './world.js'

/** Tells every module that is loaded. */
const HOOK = `export async function load(url, context, next) { process._rawDebug('LOADED ' + url); return next(url, context) }`
const REGISTER = `import { register } from 'node:module'; register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(HOOK)}))`

async function loadedBy(world: World, args: readonly string[]): Promise<string[]> {
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(REGISTER)}` }
  const { code, stderr } = await world.run(args, { env })
  expect(code).toBe(0)
  return [...stderr.matchAll(/^LOADED (\S+)$/gm)].map(([, url = '']) => url)
}

const HEAVY = /cli-table3|log-update|@clack|pretty-ms|string-argv|js-yaml|papaparse|\/ky\/|undici|ioredis|prisma|\/pg\//

test('adding one signal, as fail2ban does at each ban, loads no library for people, formats or servers', async () => {
  const world = await arrange()
  const loaded = await loadedBy(world, oneSignal())
  expect(loaded.some((url) => url.includes('commander'))).toBe(true)
  expect(loaded.filter((url) => HEAVY.test(url))).toEqual([])
})

test('the version is told without a store, a client or a format', async () => {
  const world = await arrange()
  const loaded = await loadedBy(world, ['version'])
  expect(loaded.filter((url) => HEAVY.test(url) || /sqlite/.test(url))).toEqual([])
})
