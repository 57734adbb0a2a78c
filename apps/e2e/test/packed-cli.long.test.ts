import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createEmulator } from '@cscapi/emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { EmptyProject } from './packed/empty-project.js'
import { packWithDependencies } from './packed/pack.js'

const project = new EmptyProject()
const emulator = createEmulator()
let env: NodeJS.ProcessEnv
let stop: () => Promise<void>

beforeAll(async () => {
  const tarballs = mkdtempSync(join(tmpdir(), 'cscapi-tarballs-'))
  try {
    project.install(packWithDependencies(['@cscapi/cli'], tarballs))
  } finally {
    rmSync(tarballs, { recursive: true, force: true })
  }
  const { url, close } = await emulator.listen()
  stop = close
  env = { PATH: process.env.PATH, HOME: project.folder, NO_COLOR: '1', CSCAPI_ENVIRONMENT: url }
}, 300_000)

afterAll(async () => {
  await stop?.()
  project.remove()
})

/** What the installed command prints; asynchronously, since the emulator answers from this process. */
async function cscapi(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(join(project.modules, '.bin', 'cscapi'), args, {
    cwd: project.folder,
    env,
  })
  return stdout
}

test('the command that npm installs is configured, adds a signal, shows that it waits, and sends it', async () => {
  await cscapi('init', '--yes', '--name', 'honeypot')
  expect(await cscapi('add', '--ip', '203.0.113.7', '--scenario', 'crowdsecurity/ssh-bf')).toBe('1 signal added\n')
  expect(await cscapi('status')).toMatch(/^waiting\s+1$/m)
  expect(await cscapi('send')).toMatch(/^1 signal sent /)
  expect(await cscapi('status')).toMatch(/^sent\s+1$/m)
  expect(emulator.signals.total).toBe(1)
})

test('a format that is loaded when it is named is in what npm installs', async () => {
  const line = 'ip=203.0.113.8 jail=sshd time=1700000000 failures=5 restored=0'
  project.write('bans.log', `${line}\n`)
  expect(await cscapi('add', '--format', 'fail2ban', 'bans.log', '--dry-run')).toContain('"203.0.113.8"')
})
