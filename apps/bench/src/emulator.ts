import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('./emulator-process.js', import.meta.url))

interface RunningEmulator {
  readonly url: string
  /** Requests that it has got so far, by its own count. */
  readonly requests: () => Promise<number>
  readonly stop: () => void
}

/** Starts an emulator in a process of its own. */
export async function startEmulator(latencyMs: number): Promise<RunningEmulator> {
  const child = fork(PROGRAM, [String(latencyMs)], { execArgv: [], stdio: ['ignore', 2, 2, 'ipc'] })
  const url = String(await messageOf(child))
  return {
    url,
    async requests() {
      child.send('requests')
      return Number(await messageOf(child))
    },
    stop: () => void child.kill(),
  }
}

async function messageOf(child: ChildProcess): Promise<unknown> {
  const [message] = await once(child, 'message')
  return message
}
