import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

// Ends what the `*.pid` files name ("<pid> <signal>"), then removes the folder. It waits for the
// end of its standard input, which comes however the test process ends, kill -9 included. `paused`
// lists children that sleep and could not follow their parent.
const WATCHDOG = `
cat > /dev/null
[ -e "$1/paused" ] && for pid in $(cat "$1/paused"); do kill -CONT "$pid" 2> /dev/null; done
for file in "$1"/*.pid; do
  [ -e "$file" ] || continue
  read -r pid signal < "$file"
  kill -CONT "$pid" 2> /dev/null
  kill -"$signal" "$pid" 2> /dev/null
  for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do kill -0 "$pid" 2> /dev/null || break; sleep 0.1; done
  kill -KILL "$pid" 2> /dev/null
done
rm -rf "$1"
`

/**
 * A temporary folder that goes away, with the servers that run in it, when it is closed or when the
 * test process ends in whatever way.
 */
export class Scratch {
  readonly path: string
  readonly #watchdog: ChildProcess

  constructor(name: string) {
    this.path = mkdtempSync(join(tmpdir(), `cscapi-${name}-`))
    this.#watchdog = spawn('sh', ['-c', WATCHDOG, 'sh', this.path], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    // A test process that is done must not be kept alive by what waits for its end.
    this.#watchdog.unref()
    const input = this.#watchdog.stdin
    if (input !== null && 'unref' in input && typeof input.unref === 'function') input.unref()
  }

  /** Notes a running server; `signal` is what ends it at once and cleanly. */
  watch(name: string, pid: number, signal: 'KILL' | 'QUIT'): void {
    writeFileSync(join(this.path, `${name}.pid`), `${pid} ${signal}\n`)
  }

  unwatch(name: string): void {
    rmSync(join(this.path, `${name}.pid`), { force: true })
  }

  /** Notes processes that were paused beside a watched one. */
  notePaused(pids: readonly number[]): void {
    writeFileSync(join(this.path, 'paused'), pids.join('\n'))
  }

  async close(): Promise<void> {
    if (this.#watchdog.exitCode !== null || this.#watchdog.signalCode !== null) return
    this.#watchdog.ref()
    this.#watchdog.stdin?.end()
    await once(this.#watchdog, 'exit')
  }
}
