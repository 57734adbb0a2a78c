import type { Command } from 'commander'
import type { Cli } from './cli.js'

/** A file of `commands/`: loaded only when its command is named. */
export interface CommandModule {
  /** Adds arguments, options, examples and the action. Name and summary are there already. */
  declare(command: Command, cli: Cli): void
}

/** A command as the list in `--help` shows it. */
export interface ListedCommand {
  readonly name: string
  readonly summary: string
  /** Of use to programs alone: not listed. */
  readonly hidden?: true
  load(): Promise<CommandModule>
}
