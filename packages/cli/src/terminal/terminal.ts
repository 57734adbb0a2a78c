import { once } from 'node:events'
import { oneLine } from '@cscapi/signals'

/**
 * Where a command writes. Results go to standard output, everything about them to standard error.
 * Whoever reads the output may go away early (`| head`): it is `closed` then, and nothing is an
 * error. An output that cannot be written is one: `failure` says why.
 */
export class Terminal {
  /** Nobody reads the results any more. */
  closed = false
  /** Why the results could not be written: a full disk. */
  failure: NodeJS.ErrnoException | undefined
  readonly #out: NodeJS.WriteStream
  readonly #err: NodeJS.WriteStream

  constructor(out: NodeJS.WriteStream, err: NodeJS.WriteStream) {
    this.#out = out
    this.#err = err
    out.on('error', (error: NodeJS.ErrnoException) => {
      this.closed = true
      if (error.code !== 'EPIPE') this.failure ??= error
    })
    // Nobody is left who could be told.
    err.on('error', () => {})
  }

  /** Whether somebody looks at the results: tables and colours are for people. */
  get isTerminal(): boolean {
    return this.#out.isTTY === true
  }

  /** Whether somebody looks at what is said while a command works. */
  get isWatched(): boolean {
    return this.#err.isTTY === true
  }

  /** Columns that the results may take. */
  get columns(): number {
    return this.#out.columns ?? 80
  }

  /** Writes one line of the results; text of strangers in it cannot steer the terminal. */
  line(text = ''): void {
    this.write(`${oneLine(text)}\n`)
  }

  /** Writes one line in a colour, of which `style` is a function of picocolors. */
  styled(text: string, style: (text: string) => string): void {
    this.write(`${style(oneLine(text))}\n`)
  }

  /** Writes one line of JSON. */
  json(value: unknown): void {
    this.write(`${JSON.stringify(value)}\n`)
  }

  /** Writes results as they are: what is written here was made safe, or is a file's content. */
  write(text: string | Uint8Array): void {
    if (!this.closed) this.#out.write(text)
  }

  /** Waits until what was written is taken, so that a slow reader does not fill the memory. */
  async drained(): Promise<void> {
    // What went wrong is told to the listener for errors.
    if (!this.closed && this.#out.writableNeedDrain) await once(this.#out, 'drain').catch(() => undefined)
  }

  /** Waits until all that was written has come through, or has failed. */
  async flushed(): Promise<void> {
    if (!this.closed) await new Promise((resolve) => this.#out.write('', resolve))
  }

  /** Tells one line that is no result: progress, a warning, advice. */
  tell(text: string): void {
    this.#err.write(`${oneLine(text)}\n`)
  }
}
