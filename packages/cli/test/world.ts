import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createEmulator, type Emulator, type EmulatorOptions } from '@cscapi/emulator'
import { temporaryFolder } from '@cscapi/test-servers/temporary-folder'
import { expect, onTestFinished } from 'vitest'
import { bundleProgram } from '../../../scripts/sources/program.mjs'

/** The program, as Node runs it. */
export const BIN = await bundleProgram(new URL('../src/bin.ts', import.meta.url))

export const MACHINE_ID = 'a1'.repeat(24)
export const SAMPLE = new URL('samples/cowrie.json', import.meta.url).pathname

/** How a run ended, and what it wrote. */
export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A run that goes on. */
export interface Running {
  readonly child: ChildProcess
  readonly output: { stdout: string; stderr: string }
  readonly ended: Promise<Ended>
  /** Waits until it has written so. */
  says(text: string | RegExp): Promise<void>
}

export type RunOptions = SpawnOptions & { readonly input?: string | Buffer; readonly env?: NodeJS.ProcessEnv }

/** A folder, an emulator, and the program configured for both. */
export class World {
  readonly folder = temporaryFolder()
  readonly storage = `sqlite:${join(this.folder, 'store.db')}`
  readonly env: NodeJS.ProcessEnv

  constructor(
    readonly emulator: Emulator,
    readonly url: string,
  ) {
    this.env = {
      PATH: process.env.PATH,
      HOME: this.folder,
      XDG_STATE_HOME: join(this.folder, 'state'),
      XDG_CONFIG_HOME: join(this.folder, 'config'),
      CSCAPI_STORAGE: this.storage,
      CSCAPI_ENVIRONMENT: url,
      CSCAPI_MACHINE_ID: MACHINE_ID,
      CSCAPI_SCENARIOS: 'crowdsecurity/ssh-bf',
    }
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  /** Runs it to its end. */
  run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    return this.start(args, options).ended
  }

  /** Runs it, and expects that all went well. */
  async ok(args: readonly string[], options: RunOptions = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(args, options)
    expect({ code, stderr }, `cscapi ${args.join(' ')}`).toMatchObject({ code: 0 })
    return stdout
  }

  /** The lines of JSON that it writes. */
  async json(args: readonly string[], options: RunOptions = {}): Promise<Record<string, unknown>[]> {
    const { stdout } = await this.run([...args, '--json'], options)
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  start(args: readonly string[], { input, env = {}, ...options }: RunOptions = {}): Running {
    const child = spawn(process.execPath, [BIN, ...args], {
      cwd: this.folder,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...options,
      env: { ...this.env, ...env },
    })
    onTestFinished(() => {
      child.kill('SIGKILL')
    })
    const output = { stdout: '', stderr: '' }
    child.stdout?.on('data', (chunk) => {
      output.stdout += chunk
    })
    child.stderr?.on('data', (chunk) => {
      output.stderr += chunk
    })
    // It may end before it has read all.
    child.stdin?.on('error', () => {})
    if (input !== undefined) child.stdin?.end(input)
    else if (args[0] !== 'add') child.stdin?.end()
    const ended = once(child, 'close').then(([code]) => ({ code, ...output }))
    const says = (text: string | RegExp) => expect.poll(() => output.stdout + output.stderr).toMatch(text)
    return { child, output, ended, says }
  }
}

/** Starts an emulator, and gives a world around it. */
export async function arrange(options: EmulatorOptions = {}): Promise<World> {
  const emulator = createEmulator(options)
  const { url, close } = await emulator.listen()
  onTestFinished(close)
  return new World(emulator, url)
}

/** One signal from flags. */
export const oneSignal = (ip = '203.0.113.7') => ['add', '--ip', ip, '--scenario', 'crowdsecurity/ssh-bf']
