import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Figure } from './figure.js'
import type { Numbers } from './frame/bench.js'

const PROGRAM = fileURLToPath(new URL('./side-process.js', import.meta.url))

/** What a side's process is told. */
export interface Task {
  readonly bench: string
  /** Undefined for a bench that has none. */
  readonly side: string | undefined
  readonly folder: string
  readonly isSmall: boolean
}

/** What it answers. */
export interface Answer {
  readonly numbers: Numbers
  readonly figures: readonly Figure[]
  /** Processor time of the whole process, in milliseconds. */
  readonly cpuMs: number
}

/**
 * Measures a side in a fresh process. `profiles` is a folder for its processor profile.
 * @throws Error when it fails; what it printed is on standard error
 */
export async function measure(task: Omit<Task, 'folder'>, profiles: string | undefined): Promise<Answer> {
  const folder = mkdtempSync(join(tmpdir(), 'cscapi-bench-'))
  try {
    const name = `${task.bench} ${task.side ?? ''}`.trim().replace(/\W+/g, '-')
    const profiling =
      profiles === undefined
        ? []
        : ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${name}-${Date.now()}.cpuprofile`]
    const child = fork(PROGRAM, [], {
      execArgv: ['--expose-gc', '--max-old-space-size=4096', ...profiling],
      // What it prints must not get between the lines of the table.
      stdio: ['ignore', 2, 2, 'ipc'],
    })
    const answers: Answer[] = []
    child.on('message', (answer: Answer) => answers.push(answer))
    child.send({ ...task, folder })
    const [code, signal] = await once(child, 'exit')
    const [answer] = answers
    if (answer === undefined || code !== 0) {
      throw new Error(`${task.bench}, ${task.side ?? 'its process'}, failed (${signal ?? `exit code ${code}`})`)
    }
    return answer
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
