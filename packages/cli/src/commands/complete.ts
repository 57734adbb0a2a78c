import type { Command } from 'commander'
import type { Cli } from '../cli.js'

/** What the scripts of `cscapi completion` ask; the words stand behind `--`, the last one half typed. */
export function declare(command: Command, cli: Cli): void {
  command.argument('[word...]').action(async (words: string[]) => {
    const [{ candidates }, { formatsOf }] = await Promise.all([
      import('../completion/candidates.js'),
      import('../completion/formats.js'),
    ])
    // The commands among the words are in the arguments of this process, and so they are loaded.
    const program = command.parent
    if (program === null) return
    for (const { value, description } of candidates(program, words, formatsOf)) {
      cli.terminal.write(`${value}\t${description}\n`)
    }
  })
}
