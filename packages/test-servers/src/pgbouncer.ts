import { chownSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { debianBinary } from './debian-binary.js'
import { freePort } from './free-port.js'
import { isOpen } from './is-open.js'
import { Scratch } from './scratch.js'
import { ServerProcess } from './server-process.js'
import { ownServer, type TestServer } from './test-server.js'

const PGBOUNCER = { names: ['pgbouncer'], packages: ['pgbouncer'], path: 'usr/sbin/pgbouncer' }

// PgBouncer refuses to run as root. This id belongs to `nobody` on every Linux, so no user has to
// be made.
const NOBODY = 65_534

/**
 * Starts PgBouncer on a free port of 127.0.0.1, before a server that `startPostgres` made. Two
 * connections of the server serve everybody.
 */
export async function startPgBouncer(
  postgresUrl: string,
  mode: 'transaction' | 'statement' = 'transaction',
): Promise<TestServer> {
  const { command, env } = await debianBinary(PGBOUNCER)
  const uid = process.getuid?.() === 0 ? NOBODY : undefined
  const scratch = new Scratch('pgbouncer')
  try {
    const server = new URL(postgresUrl)
    const port = await freePort()
    const config = join(scratch.path, 'pgbouncer.ini')
    const lines = [
      '[databases]',
      `postgres = host=127.0.0.1 port=${server.port} dbname=postgres user=${server.username}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = any',
      `pool_mode = ${mode}`,
      'default_pool_size = 2',
      'max_client_conn = 200',
      // Seconds until it asks a server again that was away.
      'server_login_retry = 1',
    ]
    writeFileSync(config, `${lines.join('\n')}\n`)
    if (uid !== undefined) for (const path of [scratch.path, config]) chownSync(path, uid, uid)
    const bouncer = new ServerProcess(scratch, {
      name: 'pgbouncer',
      command,
      args: [config],
      uid,
      stopSignal: 'SIGTERM',
      watchdogSignal: 'KILL',
      isReady: () => isOpen(port),
      ...(env !== undefined && { env }),
    })
    await bouncer.start()
    return ownServer(`postgres://${server.username}@127.0.0.1:${port}/postgres`, bouncer, scratch)
  } catch (error) {
    await scratch.close()
    throw error
  }
}
