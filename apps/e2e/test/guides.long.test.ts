import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createEmulator } from '@cscapi/emulator'
import { chooseDriver } from '@cscapi/storage-sqlite/drivers'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { expect, onTestFinished, test } from 'vitest'
import { cscapiOnPath } from './cscapi-on-path.js'
import { workspaceRoot } from './workspace.js'

const SAMPLES = join(workspaceRoot, 'packages/cli/test/samples')

/** The `sh` blocks of a page, those apart that go on until Ctrl-C. */
function blocksOf(page: string): string[] {
  const markdown = readFileSync(join(workspaceRoot, page), 'utf8')
  return [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
}

/** A folder to type in, and an emulator in place of the one in another terminal. */
async function arrange(machines: Record<string, string> = {}) {
  const folder = temporaryFolder()
  const emulator = createEmulator({ machines, requireMachineIdLength: false })
  const { url, close } = await emulator.listen()
  onTestFinished(close)
  const env = cscapiOnPath()
  mkdirSync(join(folder, 'var/log/cowrie'), { recursive: true })

  /** Runs a block as it stands in the page; the address and `/var/log` are of this test. */
  async function run(block: string, until?: RegExp) {
    const script = block.replaceAll('http://127.0.0.1:8088/v3', url).replaceAll('/var/log', join(folder, 'var/log'))
    const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    let out = ''
    let isStopped = false
    child.stdout.on('data', (chunk: Buffer) => {
      out += String(chunk)
      // Once: a second Ctrl-C ends at once.
      if (isStopped || child.pid === undefined || !until?.test(out)) return
      isStopped = true
      process.kill(-child.pid, 'SIGINT')
    })
    const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
    return { code, out, errors }
  }
  /** All blocks of a page, one after the other. */
  async function runPage(page: string): Promise<string> {
    let printed = ''
    for (const block of blocksOf(page)) {
      const goesOn = block.trim() === 'cscapi watch'
      const result = await run(block, goesOn ? /Blocklist pulled/ : undefined)
      expect({ block, ...result }).toMatchObject({ code: 0 })
      printed += result.out
    }
    return printed
  }
  return { folder, emulator, runPage }
}

test('docs/cowrie.md leads from nothing to signals that were received', async () => {
  const { folder, emulator, runPage } = await arrange()
  const sample = readFileSync(join(workspaceRoot, 'packages/inputs/test/samples/cowrie-3.0.9.json'), 'utf8')
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10)
  writeFileSync(join(folder, 'var/log/cowrie/cowrie.json'), sample.replace(/\d{4}-\d\d-\d\d(?=T)/g, yesterday))
  const printed = await runPage('docs/cowrie.md')
  expect(printed).toContain("performed 'crowdsecurity/ssh-bf'")
  expect(JSON.stringify([...emulator.signals.values()])).toContain('"value":"203.0.113.7"')
  expect(emulator.signals.duplicates()).toEqual([])
})

test('docs/fail2ban.md leads from nothing to a signal that was received', async () => {
  const { emulator, runPage } = await arrange()
  await runPage('docs/fail2ban.md')
  expect([...emulator.signals.values()]).toMatchObject([
    { signal: { source: { value: '203.0.113.7' }, scenario: 'crowdsecurity/ssh-bf' } },
  ])
})

test('docs/from-python.md takes a database over: no machine that it has is registered anew', async () => {
  const machines = {
    '75fcce4506e2b49c935ad64e43250abe43de607c55200dc9': 'example-password-1',
    acmef879b60d297696734daa6d962562af32779b680a0886bc30: 'example-password-2',
    '70805c012e27fbc5f1df5bd955beab202edfa2ca75bf6a54': 'example-password-3',
  }
  const { folder, emulator, runPage } = await arrange(machines)
  const path = join(folder, 'cscapi.db')
  cpSync(join(SAMPLES, 'python-sdk-0.7.db'), path)
  const database = (await chooseDriver(path)).open(path)
  // The page is about a database without broken rows.
  database.exec('DELETE FROM source_models WHERE signal_id = 11; DELETE FROM signal_models WHERE alert_id >= 11')
  database.close()
  const printed = await runPage('docs/from-python.md')
  expect(printed).toMatch(/6 signals would be added[\s\S]*6 signals added/)
  expect(emulator.signals.size).toBe(5)
  const registered = emulator.record.of('register').map(({ machineId }) => machineId)
  expect(registered.filter((machineId) => String(machineId) in machines)).toEqual([])
})

test('docs/from-php.md takes a machine over, which is not registered anew', async () => {
  const { folder, emulator, runPage } = await arrange()
  cpSync(join(SAMPLES, 'php-store'), join(folder, 'php-store'), { recursive: true })
  const printed = await runPage('docs/from-php.md')
  expect(printed).toMatch(/phpprefix0a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q7r8s9/)
  expect(emulator.record.of('register')).toEqual([])
})
