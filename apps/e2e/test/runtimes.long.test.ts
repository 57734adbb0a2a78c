import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createEmulator } from '@cscapi/emulator'
import { freePort, startPostgres, startRedis } from '@cscapi/test-servers'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { EmptyProject, SQLITE_DRIVER } from './packed/empty-project.js'
import { packWithDependencies } from './packed/pack.js'
import { BLOCKED, EXPECTED_LIFE, sensorLife, worker, workerdConfig } from './packed/runtime-programs.js'
import { fetchRuntime, runtimes, whyNoRuntimes, workerd } from './packed/runtimes.js'

const run = promisify(execFile)

interface Store {
  readonly name: string
  /** What the program imports to have `openStore(url)`. */
  readonly imports: string
  readonly start: () => Promise<{ url: string; stop: () => Promise<void> }>
}

const server = (name: string, adapter: string, className: string, start: Store['start']): Store => ({
  name,
  imports: `import { ${className} } from '${adapter}'\nconst openStore = (url) => new ${className}({ url })`,
  start,
})

const project = new EmptyProject()

const stores: readonly Store[] = [
  {
    name: 'memory',
    imports: "import { MemoryStorage } from '@cscapi/storage'\nconst openStore = () => new MemoryStorage()",
    start: async () => ({ url: '', stop: async () => {} }),
  },
  {
    name: 'SQLite',
    imports:
      "import { SqliteStorage } from '@cscapi/storage-sqlite'\nconst openStore = (path) => new SqliteStorage({ path })",
    start: async () => ({ url: join(project.folder, 'cscapi.db'), stop: async () => {} }),
  },
  server('Redis', '@cscapi/storage-redis', 'RedisStorage', () => startRedis()),
  server('PostgreSQL', '@cscapi/storage-postgres', 'PostgresStorage', () => startPostgres()),
]

const emulator = createEmulator({ strict: true, decisions: [{ value: BLOCKED, duration: '96h' }] })
let capi: { url: string; close: () => Promise<void> }

const reason = whyNoRuntimes()

describe.skipIf(reason !== undefined)(
  `the packed packages${reason === undefined ? '' : ` (not here: ${reason})`}`,
  () => {
    beforeAll(async () => {
      const tarballs = mkdtempSync(join(tmpdir(), 'cscapi-tarballs-'))
      try {
        const adapters = ['@cscapi/storage-sqlite', '@cscapi/storage-redis', '@cscapi/storage-postgres']
        project.install([...packWithDependencies(['@cscapi/client', ...adapters], tarballs), SQLITE_DRIVER])
      } finally {
        rmSync(tarballs, { recursive: true, force: true })
      }
      capi = await emulator.listen()
    })
    afterAll(async () => {
      await capi?.close()
      project.remove()
    })

    describe.each(stores)('queue, send, pull and check on $name', ({ name, imports, start }) => {
      const file = `${name}.mjs`
      let store: Awaited<ReturnType<Store['start']>>
      beforeAll(async () => {
        project.write(file, sensorLife(imports))
        store = await start()
      })
      afterAll(() => store?.stop())

      test.each(runtimes)('in $name $version', async (runtime) => {
        const program = await fetchRuntime(runtime)
        const env = { ...process.env, ...quiet, BASE_URL: capi.url, STORE: store.url }
        const { stdout } = await run(program, [...runtime.args, file], { cwd: project.folder, env })
        expect(JSON.parse(stdout)).toEqual(EXPECTED_LIFE)
      })
    })

    test(`register, send, pull and check in workerd ${workerd.version}`, async () => {
      const program = await fetchRuntime(workerd)
      project.write('worker.mjs', worker)
      project.write('workerd.capnp', workerdConfig('worker.js'))
      await build({
        entryPoints: [join(project.folder, 'worker.mjs')],
        outfile: join(project.folder, 'worker.js'),
        bundle: true,
        format: 'esm',
        conditions: ['workerd', 'worker'],
        external: ['node:*', 'cloudflare:*'],
        logLevel: 'error',
      })
      const port = await freePort()
      const child = spawn(program, ['serve', 'workerd.capnp', `--socket-addr=http=127.0.0.1:${port}`], {
        cwd: project.folder,
        stdio: 'inherit',
      })
      onTestFinished(async () => {
        child.kill()
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      })
      const url = `http://127.0.0.1:${port}/?capi=${encodeURIComponent(capi.url)}`
      await expect.poll(() => fetch(url).then((answer) => answer.text(), String)).toBe(JSON.stringify(EXPECTED_LIFE))
    })
  },
)

/** No runtime looks for a newer one of its kind. */
const quiet = { DENO_NO_UPDATE_CHECK: '1', DO_NOT_TRACK: '1' }
