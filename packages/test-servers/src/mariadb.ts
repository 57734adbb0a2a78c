import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { debianBinary } from './debian-binary.js'
import { freePort } from './free-port.js'
import { isOpen } from './is-open.js'
import { Scratch } from './scratch.js'
import { ServerProcess } from './server-process.js'
import { ownServer, type TestServer } from './test-server.js'

const MARIADB = { names: ['mariadbd'], packages: ['mariadb-server-core'], path: 'usr/sbin/mariadbd' }
const TABLES = ['mysql_system_tables.sql', 'mysql_performance_tables.sql', 'mysql_system_tables_data.sql']

/**
 * Starts a MariaDB server with the empty database `cscapi`, owned by the user `cscapi`, on a free
 * port of 127.0.0.1.
 */
export async function startMariadb({ password }: { readonly password: string }): Promise<TestServer> {
  const { command, env } = await debianBinary(MARIADB)
  const share = join(dirname(dirname(command)), 'share/mysql')
  const scratch = new Scratch('mariadb')
  try {
    const data = join(scratch.path, 'data')
    mkdirSync(data)
    const common = [
      '--no-defaults',
      `--datadir=${data}`,
      `--lc-messages-dir=${share}`,
      `--character-sets-dir=${join(share, 'charsets')}`,
      // It refuses to run as root unless it is told to.
      ...(process.getuid?.() === 0 ? ['--user=root'] : []),
    ]
    const tables = TABLES.map((file) => readFileSync(join(share, file), 'utf8'))
    execFileSync(command, [...common, '--bootstrap', '--log-warnings=0'], {
      input: ['CREATE DATABASE mysql;\nUSE mysql;\n', ...tables].join('\n'),
      env: { ...process.env, ...env },
      stdio: ['pipe', 'ignore', 'pipe'],
    })
    const init = join(scratch.path, 'init.sql')
    const lines = [
      'CREATE DATABASE IF NOT EXISTS cscapi;',
      `CREATE USER IF NOT EXISTS 'cscapi'@'%' IDENTIFIED BY '${password.replace(/['\\]/g, '\\$&')}';`,
      "GRANT ALL ON cscapi.* TO 'cscapi'@'%';",
    ]
    writeFileSync(init, `${lines.join('\n')}\n`)
    const port = await freePort()
    const server = new ServerProcess(scratch, {
      name: 'mariadb',
      command,
      args: [
        ...common,
        '--bind-address=127.0.0.1',
        `--port=${port}`,
        `--socket=${join(scratch.path, 'mariadb.sock')}`,
        `--pid-file=${join(scratch.path, 'mariadb-server')}`,
        '--skip-name-resolve',
        `--init-file=${init}`,
      ],
      stopSignal: 'SIGTERM',
      watchdogSignal: 'KILL',
      isReady: () => isOpen(port),
      ...(env !== undefined && { env }),
    })
    await server.start()
    return ownServer(`mysql://cscapi:${encodeURIComponent(password)}@127.0.0.1:${port}/cscapi`, server, scratch)
  } catch (error) {
    await scratch.close()
    throw error
  }
}
