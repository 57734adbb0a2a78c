import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { unpackRedis } from './apt-redis.js'
import { withFileLock } from './file-lock.js'

export interface RedisBinary {
  readonly command: string
  readonly env?: NodeJS.ProcessEnv
}

const CACHE = fileURLToPath(new URL('../../../node_modules/.cache/cscapi-test-servers', import.meta.url))

/** The first program of these names on `PATH`. */
export function onPath(...names: readonly string[]): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
}

function unpacked(root: string): RedisBinary | undefined {
  const command = join(root, 'usr/bin/redis-server')
  if (!existsSync(command)) return undefined
  const libraries = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.so(\.|$)/.test(name))
  const folders = new Set(libraries.map((name) => dirname(join(root, name))))
  return { command, env: { LD_LIBRARY_PATH: [...folders].join(delimiter) } }
}

/** redis-server or valkey-server of this machine; else Debian's or Ubuntu's package, unpacked below `cache` once for all test processes. */
export async function findRedis(cache: string = CACHE): Promise<RedisBinary> {
  const installed = onPath('redis-server', 'valkey-server')
  if (installed !== undefined) return { command: installed }
  const root = join(cache, 'redis')
  const found = unpacked(root)
  if (found !== undefined) return found
  try {
    await withFileLock(join(cache, 'redis.lock'), async () => {
      if (unpacked(root) === undefined) await unpackRedis(root)
    })
    const brought = unpacked(root)
    if (brought === undefined) throw new Error(`the packages hold no usr/bin/redis-server (unpacked in ${root})`)
    execFileSync(brought.command, ['--version'], { env: { ...process.env, ...brought.env }, stdio: 'pipe' })
    return brought
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 1_000) : String(error)
    throw new Error(
      `There is no redis-server on PATH, and Debian's could not be fetched: ${why}\nInstall redis-server (apt-get install redis-server), or set CSCAPI_TEST_REDIS_URL.`,
    )
  }
}
