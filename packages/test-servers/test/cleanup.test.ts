import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { expect, test, vi } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import { Scratch } from '../src/scratch.js'
import { ServerProcess } from '../src/server-process.js'

/** A test process of its own that starts one server, says where it lives, and then waits. */
async function testProcess(): Promise<{ process: ChildProcess; folder: string; pid: number }> {
  const child = spawn(
    process.execPath,
    [await bundleProgram(new URL('./fixtures/start-server.mjs', import.meta.url))],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const [line] = await once(createInterface(child.stdout!), 'line')
  return { process: child, ...JSON.parse(String(line)) }
}

function isRunning(pid: number): boolean {
  return existsSync(`/proc/${pid}`)
}

test.for(['SIGKILL', 'SIGTERM'] as const)(
  'a test process that ends by %s leaves neither a server nor a folder',
  async (signal) => {
    const { process: child, folder, pid } = await testProcess()
    expect(isRunning(pid)).toBe(true)
    child.kill(signal)
    await vi.waitFor(() => expect([isRunning(pid), existsSync(folder)]).toEqual([false, false]), { timeout: 120_000 })
  },
)

test('a stopped server leaves neither a process nor a folder', async () => {
  const scratch = new Scratch('cleanup')
  const server = new ServerProcess(scratch, {
    name: 'sleeper',
    command: 'sleep',
    args: ['1000'],
    stopSignal: 'SIGTERM',
    watchdogSignal: 'KILL',
    isReady: async () => true,
  })
  await server.start()
  const pid = server.pid!
  server.pause()
  await server.stop()
  await scratch.close()
  expect([isRunning(pid), existsSync(scratch.path)]).toEqual([false, false])
})

test('a program that does not exist is an error that names it', async () => {
  const scratch = new Scratch('cleanup')
  const server = new ServerProcess(scratch, {
    name: 'ghost',
    command: '/nowhere/ghost',
    args: [],
    stopSignal: 'SIGTERM',
    watchdogSignal: 'KILL',
    isReady: async () => true,
  })
  await expect(server.start()).rejects.toThrow('/nowhere/ghost')
  await scratch.close()
})
