import type { Command } from 'commander'
import type { Cli } from '../cli.js'

/** What the scripts of `cscapi completion` ask; the words stand behind `--`, the last one half typed. */
export function declare(command: Command, cli: Cli): void {
  command.argument('[word...]').action(async (words: string[]) => {
    const [{ createProgram }, { candidates }, { formatsOf }] = await Promise.all([
      import('../program.js'),
      import('../completion/candidates.js'),
      import('../completion/formats.js'),
    ])
    for (const { value, description } of candidates(await createProgram(cli, words), words, formatsOf)) {
      cli.terminal.write(`${value}\t${description}\n`)
    }
  })
}
