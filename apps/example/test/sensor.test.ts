import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator } from '@cscapi/emulator'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'

const MAIN = await bundleProgram(new URL('../src/main.ts', import.meta.url))
let folder: string
let child: ChildProcess | undefined
let stdout = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cscapi-sensor-'))
})
afterEach(async () => {
  await stop()
  rmSync(folder, { recursive: true })
})

function start(...args: string[]): void {
  stdout = ''
  const storage = ['--storage', `sqlite:${join(folder, 'sensor.db')}`, '--utc']
  child = spawn(process.execPath, [MAIN, ...storage, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
}

/** How it ends when it is asked to. */
async function stop(): Promise<number | null> {
  const stopping = child
  child = undefined
  if (stopping === undefined || stopping.exitCode !== null) return null
  const ended = once(stopping, 'close')
  stopping.kill('SIGTERM')
  return (await ended)[0]
}

const attack = (address: string) =>
  Array.from(
    { length: 8 },
    (_, port) => `Feb 12 14:10:2${port} host sshd[${port}]: Invalid user x from ${address} port ${port}\n`,
  ).join('')

test('follows a log while it is written, goes on after a restart where it was, and leaves your own out', async () => {
  const emulator = createEmulator({ strict: true })
  const { url, close } = await emulator.listen()
  const log = join(folder, 'auth.log')
  const args = ['--environment', url, '--follow', `sshd=${log}`, '--never-report', '192.0.2.0/24']
  try {
    writeFileSync(log, attack('192.0.2.1') + attack('203.0.113.7'))
    start(...args)
    await expect.poll(() => stdout).toMatch(/203\.0\.113\.7 performed crowdsecurity\/ssh-bf/)
    expect(await stop()).toBe(0)
    expect(stdout).toMatch(/Stopped\. 1 signal waits in the store/)
    appendFileSync(log, attack('203.0.113.8'))
    start(...args)
    await expect.poll(() => stdout).toMatch(/203\.0\.113\.8 performed crowdsecurity\/ssh-bf/)
    expect(stdout).not.toMatch(/203\.0\.113\.7|192\.0\.2\.1 performed/)
    expect(await stop()).toBe(0)
  } finally {
    await close()
  }
})

test('a honeypot has a page for everybody, and reports once who asks it for a secret', async () => {
  const emulator = createEmulator({ strict: true })
  const { url, close } = await emulator.listen()
  try {
    start('--environment', url, '--honeypot', '0')
    await expect.poll(() => stdout).toMatch(/honeypot listens on \S+/)
    const [, honeypot = ''] = /honeypot listens on (\S+)/.exec(stdout) ?? []
    const page = await fetch(honeypot)
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Sign in')])
    expect(stdout).not.toContain('asked the honeypot')
    for (const path of ['.env', '.git/config', '%1b%5b2J/.aws/credentials']) await fetch(new URL(path, honeypot))
    await expect.poll(() => stdout).toContain('127.0.0.1 asked the honeypot for GET /.env\n')
    expect(await stop()).toBe(0)
    expect(stdout.match(/asked the honeypot/g)).toHaveLength(1)
    expect(stdout).toMatch(/Stopped\. 1 signal waits in the store/)
  } finally {
    await close()
  }
})
