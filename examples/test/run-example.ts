import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleProgram } from '../../scripts/sources/program.mjs'

/** An example that runs, in a folder of its own. */
export interface RunningExample {
  readonly stdout: string
  readonly stderr: string
  /** How it ended. */
  readonly ended: Promise<number | null>
  kill(): void
}

/**
 * Starts a program of the examples as a reader would, with the emulator for CAPI; `cwd` is kept.
 */
export async function runExample(
  name: string,
  args: readonly string[],
  env: Record<string, string>,
  cwd?: string,
): Promise<RunningExample> {
  const program = await bundleProgram(new URL(`../${name}.ts`, import.meta.url))
  const folder = cwd ?? mkdtempSync(join(tmpdir(), 'cscapi-examples-'))
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, env: { ...process.env, ...env } })
  const output = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const)
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      output[stream] += text
    })
  const ended = once(child, 'close').then(([code]: (number | null)[]) => {
    if (cwd === undefined) rmSync(folder, { recursive: true })
    return code ?? null
  })
  return {
    get stdout() {
      return output.stdout
    },
    get stderr() {
      return output.stderr
    },
    ended,
    kill: () => child.kill('SIGTERM'),
  }
}
