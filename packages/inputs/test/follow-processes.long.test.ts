import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { debianBinary } from '@cscapi/test-servers'
import { expect, onTestFinished, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { WrittenLog } from './follow/followed-log.js'

const PROGRAM = await bundleProgram(new URL('programs/follow.mjs', import.meta.url))
const run = promisify(execFile)
const NOBODY = 65_534

/** A follower in a process of its own. */
class Follower {
  readonly #log: WrittenLog
  readonly #user: string[]
  #child: ChildProcess | undefined

  constructor(log: WrittenLog, user?: number) {
    this.#log = log
    this.#user = user === undefined ? [] : [String(user)]
    onTestFinished(() => this.kill())
  }

  start(): ChildProcess {
    const files = [this.#log.path, this.#file('results'), this.#file('position')]
    this.#child = spawn(process.execPath, [PROGRAM, ...files, ...this.#user], { stdio: ['ignore', 'pipe', 'inherit'] })
    return this.#child
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }

  get results(): string[] {
    const file = this.#file('results')
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []
  }

  #file(name: string): string {
    return join(this.#log.folder, name)
  }
}

/** In the order in which they came first: what a kill let come twice counts once. */
const firsts = (lines: readonly string[]) => [...new Set(lines)]

test.each(['create', 'copytruncate'])(
  'kill -9 while logrotate rotates with %s: no line is lost, and none out of order',
  async (mode) => {
    const logrotate = await debianBinary({
      names: ['logrotate'],
      packages: ['logrotate'],
      path: 'usr/sbin/logrotate',
    })
    const log = WrittenLog.ofTest()
    const config = join(log.folder, 'rotate.conf')
    writeFileSync(config, `${log.path} {\n  rotate 100\n  ${mode}\n  compress\n  missingok\n  notifempty\n}\n`)
    chmodSync(config, 0o600)
    chmodSync(log.folder, 0o755)
    const rotate = () =>
      run(logrotate.command, ['--force', '--state', join(log.folder, 'rotate.state'), config], {
        env: { ...process.env, ...logrotate.env },
      })
    const follower = new Follower(log)
    const written: string[] = []
    const write = (count: number) => {
      for (let line = 0; line < count; line += 1) {
        written.push(`line ${written.length} ${'x'.repeat(written.length % 50)}`)
        log.append(`${written.at(-1)}\n`)
      }
    }
    for (let round = 0; round < 12; round += 1) {
      write(200)
      follower.start()
      const wanted = written.length - (round % 3) * 90
      await expect.poll(() => firsts(follower.results).length).toBeGreaterThanOrEqual(wanted)
      write(50)
      await rotate()
      write(50)
      if (round % 2 === 1) await rotate()
      write(5)
      await follower.kill()
    }
    follower.start()
    await expect.poll(() => firsts(follower.results).length).toBe(written.length)
    expect(firsts(follower.results)).toEqual(written)
  },
)

test('a file that may not be read is told of once, and read when it may', async () => {
  const log = WrittenLog.ofTest()
  log.append('one\n')
  chmodSync(log.folder, 0o777)
  chmodSync(log.path, 0)
  const follower = new Follower(log, process.getuid?.() === 0 ? NOBODY : undefined)
  const told = createInterface({ input: follower.start().stdout! })[Symbol.asyncIterator]()
  expect(await told.next()).toMatchObject({ value: 'unreadable' })
  chmodSync(log.path, 0o644)
  expect(await told.next()).toMatchObject({ value: 'readable' })
  await expect.poll(() => follower.results).toEqual(['one'])
})
