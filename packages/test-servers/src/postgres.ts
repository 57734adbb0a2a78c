import { execFileSync } from 'node:child_process'
import { chownSync, cpSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { databaseOn } from './existing-postgres.js'
import { freePort } from './free-port.js'
import { findPostgres } from './postgres-binaries.js'
import { Scratch } from './scratch.js'
import { ServerProcess } from './server-process.js'
import { ownServer, type TestServer } from './test-server.js'

export interface PostgresOptions {
  /**
   * Major version: 13 and 18 from npm, another one from Debian's `/usr/lib/postgresql`. Default:
   * what `CSCAPI_TEST_POSTGRES_BIN` names, PostgreSQL 18 from npm, or what the machine has.
   */
  readonly version?: number
  /** Of the superuser `postgres`; then every connection needs one. Default: none is asked for. */
  readonly password?: string
  /** Lines of postgresql.conf, e.g. `{ max_connections: '20' }`. */
  readonly config?: Readonly<Record<string, string>>
}

// PostgreSQL refuses to run as root. This id belongs to `nobody` on every Linux, so no user has to
// be made.
const NOBODY = 65_534

function reachableByOthers(path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false
    if (folder === dirname(folder)) return true
  }
}

/**
 * The binaries where `nobody` may run them: below a closed home folder they have to be copied out.
 */
function runnable(bin: string, scratch: Scratch): string {
  if (reachableByOthers(bin)) return bin
  const copy = join(scratch.path, 'postgresql')
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true })
  return join(copy, 'bin')
}

function createCluster(bin: string, scratch: Scratch, uid: number | undefined, password: string | undefined): string {
  const data = join(scratch.path, 'data')
  const args = ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--locale=C', '--no-sync']
  if (password === undefined) args.push('-A', 'trust')
  else {
    const file = join(scratch.path, 'password')
    writeFileSync(file, password)
    if (uid !== undefined) chownSync(file, uid, uid)
    args.push('-A', 'scram-sha-256', `--pwfile=${file}`)
  }
  try {
    execFileSync(join(bin, 'initdb'), args, {
      cwd: scratch.path,
      stdio: 'pipe',
      ...(uid === undefined ? {} : { uid, gid: uid }),
    })
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
    throw new Error(`initdb of ${bin} failed: ${output.slice(-2_000)}`)
  }
  return data
}

/** As `pg_ctl` finds out: line 1 of postmaster.pid is the process, line 8 says `ready`. */
function isReady(data: string, pid: number): boolean {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
    return lines[0] === String(pid) && lines[7]?.trim() === 'ready'
  } catch {
    return false
  }
}

/**
 * Starts a PostgreSQL server with an empty database `postgres` on a free port of 127.0.0.1. Without
 * options, `CSCAPI_TEST_POSTGRES_URL` names an existing one instead, on which an empty database is
 * made; with options an own one is started in any case, as an existing one cannot be set up.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<TestServer> {
  const existing = process.env.CSCAPI_TEST_POSTGRES_URL
  if (existing !== undefined && existing !== '' && Object.keys(options).length === 0)
    return databaseOn(existing, 'CSCAPI_TEST_POSTGRES_URL')
  const { version, password, config = {} } = options
  const found = await findPostgres(version)
  const uid = process.getuid?.() === 0 ? NOBODY : undefined
  const scratch = new Scratch('postgres')
  try {
    if (uid !== undefined) chownSync(scratch.path, uid, uid)
    const bin = uid === undefined ? found : runnable(found, scratch)
    const data = createCluster(bin, scratch, uid, password)
    const port = await freePort()
    const lines = {
      listen_addresses: '127.0.0.1',
      port: String(port),
      unix_socket_directories: '',
      max_connections: '200',
      ...config,
    }
    const server = new ServerProcess(scratch, {
      name: 'postgres',
      command: join(bin, 'postgres'),
      args: ['-D', data, ...Object.entries(lines).flatMap(([key, value]) => ['-c', `${key}=${value}`])],
      uid,
      stopSignal: 'SIGINT',
      watchdogSignal: 'QUIT',
      isReady: async (pid) => isReady(data, pid),
    })
    await server.start()
    const credentials = password === undefined ? 'postgres' : `postgres:${encodeURIComponent(password)}`
    return ownServer(`postgres://${credentials}@127.0.0.1:${port}/postgres`, server, scratch)
  } catch (error) {
    await scratch.close()
    throw error
  }
}
