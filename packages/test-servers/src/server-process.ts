import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { childrenOf, sendSignal } from './process-tree.js'
import type { Scratch } from './scratch.js'

/** They end what hangs, and leave time to a machine that is busy. */
const START_MS = 120_000
const STOP_MS = 60_000

export interface ServerCommand {
  /** Names the log and the pid file, unique in its scratch folder. */
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: NodeJS.ProcessEnv
  readonly uid?: number | undefined
  /** Ends the server in good order. */
  readonly stopSignal: NodeJS.Signals
  /** What the watchdog sends when nobody is left to ask in good order. */
  readonly watchdogSignal: 'KILL' | 'QUIT'
  /** Whether the process with this id answers yet. */
  isReady(pid: number): Promise<boolean>
}

/** One server's process, which can be started again on the same data. */
export class ServerProcess {
  readonly #scratch: Scratch
  readonly #command: ServerCommand
  #child: ChildProcess | undefined
  #paused: number[] = []

  constructor(scratch: Scratch, command: ServerCommand) {
    this.#scratch = scratch
    this.#command = command
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  async start(): Promise<void> {
    const { name, command, args, env, uid, watchdogSignal } = this.#command
    const log = openSync(this.#logPath, 'a')
    const child = spawn(command, args, {
      cwd: this.#scratch.path,
      detached: true,
      stdio: ['ignore', log, log],
      ...(env === undefined ? {} : { env: { ...process.env, ...env } }),
      ...(uid === undefined ? {} : { uid, gid: uid }),
    })
    closeSync(log)
    const failed = once(child, 'error').then(([error]) => String(error))
    if (child.pid === undefined) throw new Error(`${name} could not be started with ${command}: ${await failed}`)
    failed.catch(() => undefined)
    this.#scratch.watch(name, child.pid, watchdogSignal)
    child.once('exit', () => {
      if (this.#child !== child) return
      this.#child = undefined
      this.#scratch.unwatch(name)
    })
    child.unref()
    this.#child = child
    await this.#untilReady(child.pid)
  }

  async #untilReady(pid: number): Promise<void> {
    const { name } = this.#command
    const deadline = performance.now() + START_MS
    while (!(await this.#command.isReady(pid))) {
      if (this.#child === undefined) throw new Error(`${name} ended while it was starting.\n${this.#logTail()}`)
      if (performance.now() > deadline) {
        await this.kill()
        throw new Error(`${name} was not ready within ${START_MS} ms.\n${this.#logTail()}`)
      }
      await sleep(20)
    }
  }

  /** Ends it in good order, or with SIGKILL when it takes longer than a minute. */
  async stop(): Promise<void> {
    this.resume()
    await this.#end(this.#command.stopSignal)
  }

  /** `kill -9`, children included. */
  async kill(): Promise<void> {
    const children = this.pid === undefined ? [] : childrenOf(this.pid)
    const ended = this.#end('SIGKILL')
    for (const child of children) sendSignal(child, 'SIGKILL')
    await ended
    this.#paused = []
    while (children.some((child) => existsSync(`/proc/${child}`) && !isZombie(child))) await sleep(10)
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (child?.pid === undefined) return
    child.ref()
    const exited = once(child, 'exit')
    sendSignal(child.pid, signal)
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
    await exited
    clearTimeout(timer)
  }

  /** Sends SIGSTOP to it and its children: connections stay open and nobody answers. */
  pause(): void {
    if (this.pid === undefined) throw new Error(`${this.#command.name} is not running.`)
    // The parent first, so that no child is born behind our back.
    sendSignal(this.pid, 'SIGSTOP')
    const children = childrenOf(this.pid)
    for (const child of children) sendSignal(child, 'SIGSTOP')
    this.#paused = [...children, this.pid]
    this.#scratch.notePaused(this.#paused)
  }

  resume(): void {
    for (const pid of this.#paused) sendSignal(pid, 'SIGCONT')
    this.#paused = []
  }

  get #logPath(): string {
    return join(this.#scratch.path, `${this.#command.name}.log`)
  }

  #logTail(): string {
    return `The end of its log:\n${readFileSync(this.#logPath, 'utf8').slice(-2_000)}`
  }
}

function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
  } catch {
    return true
  }
}
