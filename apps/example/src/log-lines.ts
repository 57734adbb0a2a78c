import { createReadStream, fstatSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** The logs that come with the example. */
export const SAMPLE = ['sshd.log', 'nginx.log'].map((name) =>
  fileURLToPath(new URL(`../sample/${name}`, import.meta.url)),
)

/** Which logs to read: those named, else what is piped in, else the sample. */
export function chooseLogs(named: readonly string[]): { logs: readonly string[]; isSample: boolean } {
  if (named.length > 0) return { logs: named, isSample: false }
  return isPiped() ? { logs: ['-'], isSample: false } : { logs: SAMPLE, isSample: true }
}

/** The lines of the logs, one after the other; memory stays the same however long they are. */
export async function* readLines(logs: readonly string[]): AsyncGenerator<string> {
  for (const log of logs) {
    const input = log === '-' ? process.stdin : createReadStream(log)
    // readline does not pass on what goes wrong with its input.
    let failure: Error | undefined
    const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })
    input.once('error', (error: Error) => {
      failure = error
      lines.close()
    })
    yield* lines
    if (failure !== undefined) throw failure
  }
}

/** A file, a pipe or a socket; not a terminal and not /dev/null. */
function isPiped(): boolean {
  try {
    const stat = fstatSync(0)
    return stat.isFile() || stat.isFIFO() || stat.isSocket()
  } catch {
    return false
  }
}
