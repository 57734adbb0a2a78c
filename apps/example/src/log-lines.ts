import { createReadStream, fstatSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { linesOf, logText, UnreadableLogError } from '@cscapi/inputs'
import { UsageError } from './usage-error.js'

/** The logs that come with the example. */
const SAMPLE = ['sshd.log', 'nginx.log'].map((name) => fileURLToPath(new URL(`../sample/${name}`, import.meta.url)))

/**
 * How long an unnamed standard input may stay silent, in milliseconds: many programs start others
 * with a pipe they never use.
 */
const SILENCE_MS = 5_000

/** Which logs to read. */
export interface ChosenLogs {
  readonly logs: readonly string[]
  readonly isSample: boolean
}

/** Those named, else what is piped in, else the sample. */
export async function chooseLogs(named: readonly string[]): Promise<ChosenLogs> {
  if (named.length > 0) return { logs: named, isSample: false }
  if (isPiped()) {
    if (await hasInput(process.stdin, SILENCE_MS)) return { logs: ['-'], isSample: false }
    process.stdin.destroy()
  }
  return { logs: SAMPLE, isSample: true }
}

/** Whether anything comes in before the input ends, or before it has been silent for so long. */
export function hasInput(input: Readable, silenceMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => decide(false), silenceMs)
    const onReadable = () => decide(input.readableLength > 0)
    const onEnd = () => decide(false)
    const decide = (answer: boolean) => {
      clearTimeout(timer)
      input.off('readable', onReadable).off('end', onEnd).off('error', onEnd)
      resolve(answer)
    }
    input.on('readable', onReadable).on('end', onEnd).on('error', onEnd)
  })
}

/**
 * Looks at the beginning of each file, before anything of any of them is read. A pipe is looked at
 * when it is read: what is taken from it is gone.
 *
 * @throws UsageError that names the file, when it is no text.
 */
export async function assertText(logs: readonly string[]): Promise<void> {
  for (const log of logs) {
    if (log === '-' || !(await stat(log)).isFile()) continue
    // Its first piece is enough; gzip's first needs more of the file than that.
    for await (const _ of textOf(log)) break
  }
}

/**
 * The lines of the logs, one after the other, until they end or the signal is given; memory stays
 * the same however long they are.
 *
 * @throws UsageError that names the log, when it is no text.
 */
export async function* readLines(logs: readonly string[], signal: AbortSignal): AsyncGenerator<string> {
  for (const log of logs) {
    if (signal.aborted) return
    yield* linesOf(textOf(log, signal))
  }
}

async function* textOf(log: string, signal?: AbortSignal): AsyncGenerator<string> {
  const input: Readable = log === '-' ? process.stdin : createReadStream(log)
  const stop = () => input.destroy()
  signal?.addEventListener('abort', stop, { once: true })
  try {
    yield* logText(input, log === '-' ? 'Standard input' : `The log ${log}`)
  } catch (error) {
    if (error instanceof UnreadableLogError) throw new UsageError(error.message)
    if (signal?.aborted !== true) throw error
  } finally {
    signal?.removeEventListener('abort', stop)
    stop()
  }
}

/**
 * A file, a pipe or a socket; not a terminal and not /dev/null. As bigints, which Node keeps apart:
 * what a plain stat of a pipe leaves behind makes `realpathSync`, and so the next import over a
 * symbolic link, stop early, and no native module of a pnpm install is found.
 */
function isPiped(): boolean {
  try {
    const stat = fstatSync(0, { bigint: true })
    return stat.isFile() || stat.isFIFO() || stat.isSocket()
  } catch {
    return false
  }
}
