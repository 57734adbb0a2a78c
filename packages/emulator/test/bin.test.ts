import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { Caller, MACHINE_ID, PASSWORD, SIGNAL } from './caller.js'

const BIN = await bundleProgram(new URL('../src/bin.ts', import.meta.url))
const credentials = { machine_id: MACHINE_ID, password: PASSWORD }

const running: ChildProcess[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})

function start(...flags: string[]) {
  const child = spawn(process.execPath, [BIN, ...flags], { stdio: ['ignore', 'pipe', 'pipe'] })
  running.push(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (output.stdout += chunk))
  child.stderr.on('data', (chunk) => (output.stderr += chunk))
  const firstLine = once(createInterface(child.stdout), 'line').then(([line]) => String(line))
  const ended = once(child, 'close').then(([code]) => ({ code, ...output }))
  return { child, firstLine, ended }
}

async function startJson(...flags: string[]) {
  const { child, firstLine, ended } = start('--port', '0', '--json', ...flags)
  const { url, pid } = JSON.parse(await firstLine) as { url: string; pid: number }
  return { child, ended, url, pid, capi: new Caller(fetch, url) }
}

describe('cscapi-emulator', () => {
  test.each([['--help'], ['--version'], ['--port=0']])(
    '%s says that standard output is full, and fails',
    async (flag) => {
      const child = spawn(process.execPath, [BIN, flag], { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] })
      running.push(child)
      let said = ''
      child.stderr?.on('data', (chunk) => (said += chunk))
      const [code] = await once(child, 'close')
      expect({ code, said }).toEqual({
        code: 1,
        said: expect.stringMatching(
          /^cscapi-emulator: Standard output cannot be written: .*no space left on device.*\n$/,
        ),
      })
    },
  )

  test('prints its address as JSON, serves, logs a line per request without secrets, and ends on SIGTERM', async () => {
    const { child, ended, url, pid, capi } = await startJson()
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v3$/)
    expect(pid).toBe(child.pid)
    await capi.post('/watchers', credentials)
    const token = await capi.token()
    await capi.post('/signals', [SIGNAL], { headers: { authorization: token } })
    child.kill('SIGTERM')
    const { code, stdout, stderr } = await ended
    expect(code).toBe(0)
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect(stderr.split('\n').slice(0, 4)).toEqual([
      expect.stringMatching(/^POST \/v3\/watchers 200 machine a1a1a1a1…, \d+ bytes$/),
      expect.stringMatching(/^POST \/v3\/watchers\/login 200 machine a1a1a1a1…, \d+ bytes$/),
      expect.stringMatching(/^POST \/v3\/signals 200 machine a1a1a1a1…, 1 signals, \d+ bytes$/),
      'stopped after 3 requests, 1 signals',
    ])
    expect(stderr).not.toContain(PASSWORD)
    expect(stderr).not.toContain(token)
  })

  test('prints a sentence without --json, nothing more with --quiet, and ends on SIGINT', async () => {
    const { child, firstLine, ended } = start('--port', '0', '--strict', '--quiet')
    const line = await firstLine
    expect(line).toMatch(/^The CAPI emulator \(strict\) listens on http:\/\/127\.0\.0\.1:\d+\/v3 \(Ctrl-C ends it\)$/)
    const capi = new Caller(fetch, /http\S+/.exec(line)?.[0] ?? '')
    expect(await capi.post('/watchers', {})).toMatchObject({ status: 400 })
    child.kill('SIGINT')
    expect(await ended).toMatchObject({ code: 0, stderr: '' })
  })

  test('says in its log what a strict 400 complains of', async () => {
    const { child, ended, capi } = await startJson('--strict')
    await capi.post('/watchers', { machine_id: MACHINE_ID })
    child.kill('SIGTERM')
    expect((await ended).stderr).toContain('body: object has missing required properties (["password"])')
  })

  test('hands out generated decisions, or those of a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cscapi-emulator-'))
    const file = join(folder, 'decisions.txt')
    writeFileSync(file, '203.0.113.7 # a comment\r\n\r\n198.51.100.0/24\n')
    try {
      for (const [flag, count] of [
        ['25', 25],
        [file, 2],
      ] as const) {
        const { capi } = await startJson('--decisions', flag, '--accept-unknown-machines')
        const { json } = await capi.get('/decisions/stream', await capi.authorised())
        const { new: groups } = json as { new: { decisions: unknown[] }[] }
        expect(groups.flatMap(({ decisions }) => decisions)).toHaveLength(count)
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('lets short ids log in, and answers with changes only, where it is told to', async () => {
    const { capi } = await startJson(
      '--any-machine-id',
      '--accept-unknown-machines',
      '--decision-deltas',
      '--decisions',
      '3',
    )
    const auth = await capi.authorised('sensor1')
    const { json } = await capi.get('/decisions/stream', auth)
    expect((json as { new: unknown[] }).new).not.toEqual([])
    expect((await capi.get('/decisions/stream', auth)).json).toMatchObject({ new: [] })
  })

  test('explains every flag, with examples that can be copied', async () => {
    const { stdout } = await start('--help').ended
    const flags = [
      'port',
      'strict',
      'decisions',
      'decision-deltas',
      'latency-ms',
      'accept-unknown-machines',
      'any-machine-id',
      'json',
      'quiet',
      'help',
      'version',
    ]
    const told = [...stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, flag]) => flag)
    expect(told.toSorted()).toEqual(flags.toSorted())
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    for (const flag of flags) if (!['help', 'version'].includes(flag)) expect(readme).toContain(`\`--${flag}`)
    expect(stdout).toContain('npx @cscapi/emulator --decisions 1000')
  })

  test('prints help and version', async () => {
    expect(await start('--help').ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('--accept-unknown-machines'),
    })
    expect(await start('--version').ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
  })

  test.each([
    [['--prot', '1'], "Unknown option '--prot'"],
    [['8088'], 'Unexpected argument'],
    [['--port', 'x'], '--port: must be a whole number from 0 to 65535 (got x)'],
    [['--latency-ms', '-1'], '--latency-ms'],
    [['--latency-ms', '600001'], '--latency-ms: must be a whole number from 0 to 600000 (got 600001)'],
    [['--decisions', '1000001'], '--decisions: must be a whole number from 0 to 1000000 (got 1000001)'],
    [
      ['--decisions', '/nowhere'],
      '--decisions: must be a whole number from 0 to 1000000, or a file that can be read (ENOENT) (got /nowhere)',
    ],
    [['--decisions', '/'], 'or a file that can be read (EISDIR)'],
    [['--strict', '--any-machine-id'], '--any-machine-id: cannot be given with --strict'],
  ])('%j ends with 2 and says why', async (flags, message) => {
    expect(await start(...flags).ended).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) })
  })

  test('a port in use ends with 1 and says what to do', async () => {
    const blocker = createServer().listen(0, '127.0.0.1')
    await once(blocker, 'listening')
    const address = blocker.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const { code, stderr } = await start('--port', port).ended
    blocker.close()
    expect(code).toBe(1)
    expect(stderr).toBe(
      `cscapi-emulator: Port ${port} of 127.0.0.1 is in use: choose another with --port, or any free one with --port 0\n`,
    )
  })
})
