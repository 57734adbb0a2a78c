import type { ExitCode } from './exit-codes.js'
import type { GlobalFlags } from './settings/global-flags.js'
import type { LoadedSettings } from './settings/load-settings.js'
import type { Settings } from './settings/settings-schema.js'
import { Terminal } from './terminal/terminal.js'

/** What a command works with: where it writes, what is configured, when it has to end. */
export class Cli {
  readonly terminal: Terminal
  readonly env: NodeJS.ProcessEnv
  /** Fires at Ctrl-C and SIGTERM: finish or put back what is in flight, tell it, and return. */
  readonly signal: AbortSignal
  /** How the process will end. Commands raise it: see {@link Cli.exitWith}. */
  exitCode: ExitCode = 0
  /** Set before a command's action runs. */
  flags: GlobalFlags = {}
  #loaded: Promise<LoadedSettings> | undefined

  constructor(process: NodeJS.Process, signal: AbortSignal) {
    this.terminal = new Terminal(process.stdout, process.stderr)
    this.env = process.env
    this.signal = signal
  }

  /** Whether results are for a program: JSON, one value or one value a line. */
  get json(): boolean {
    return this.flags.json === true
  }

  /** Says how the process ends; what was said first stays. */
  exitWith(code: ExitCode): void {
    if (this.exitCode === 0) this.exitCode = code
  }

  /**
   * What flags, environment and configuration file say together.
   *
   * @throws InputError that lists everything that is wrong, with where it was given.
   */
  async settings(): Promise<Settings> {
    return (await this.loadedSettings()).settings
  }

  /** The same, with where each was given. Read once. */
  loadedSettings(): Promise<LoadedSettings> {
    this.#loaded ??= import('./settings/load-settings.js').then(({ loadSettings }) =>
      loadSettings(this.flags, this.env),
    )
    return this.#loaded
  }
}
