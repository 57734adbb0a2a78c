import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { CapiClient, generateMachineIdFromKey } from '@cscapi/client'
import { createEmulator } from '@cscapi/emulator'
import { Agents, BouncerKeys } from '@cscapi/local-api'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import { type Binary, freePort } from '@cscapi/test-servers'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { onTestFinished } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'
import type { OwnNetwork } from './network.js'

const NODE: Binary & { readonly before?: readonly string[] } = { command: process.execPath }
const PROGRAM = await bundleProgram(new URL('./programs/local-api.mjs', import.meta.url))

/**
 * A Local API in a process of its own that can be killed, an emulator of CAPI behind it, and a
 * client on the same store beside it, which decides and sends.
 */
export async function startRealServer({ network }: { readonly network?: OwnNetwork } = {}) {
  const folder = temporaryFolder()
  const emulator = createEmulator({ strict: true })
  const capi = await emulator.listen()
  onTestFinished(() => capi.close())
  const storage = new SqliteStorage({ path: `${folder}/cscapi.db` })
  const environment = { baseUrl: capi.url }
  const client = new CapiClient({ storage, scenarios: ['crowdsecurity/ssh-bf'], environment })
  onTestFinished(() => client.close())
  const decisions = await client.decisions()
  const key = await new BouncerKeys(storage).add('bouncer')
  const machines = new Agents(storage)
  const port = await freePort()
  const machineId = generateMachineIdFromKey('real-clients')
  const running: { child?: ChildProcess } = {}
  const log: string[] = []

  const start = async () => {
    const { command, before = [] } = network?.within(NODE) ?? NODE
    const child = spawn(command, [...before, PROGRAM, folder, String(port), capi.url, machineId])
    running.child = child
    child.stderr.on('data', (data) => log.push(String(data)))
    for await (const data of child.stdout) if (String(data).includes('listening')) break
  }
  const kill = async (signal: NodeJS.Signals = 'SIGKILL') => {
    const { child } = running
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill(signal)
    await exited
  }
  /** It answers nobody for so long, and then goes on. */
  const hang = async (ms: number) => {
    running.child?.kill('SIGSTOP')
    await sleep(ms)
    running.child?.kill('SIGCONT')
  }
  onTestFinished(() => kill())
  await start()
  return {
    emulator,
    client,
    decisions,
    folder,
    hang,
    key,
    kill,
    log,
    machineId,
    machines,
    port,
    start,
    url: `http://127.0.0.1:${port}`,
  }
}
