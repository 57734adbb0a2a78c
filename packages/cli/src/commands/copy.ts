import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../examples.js'

export function declare(command: Command, cli: Cli): void {
  command
    .description(
      'Copies machines, with passwords and tokens, and all signals from one store to another. Stop everything that sends from either first. Safe to repeat: what is there already is passed over.\nA URL with a password is given as env:NAME, the name of a variable that holds it.',
    )
    .argument('<from>', 'URL of the store to read, e.g. sqlite:./cscapi.db')
    .argument('<to>', 'URL of the store to fill, e.g. env:TARGET_URL')
    .addHelpText(
      'after',
      examples([
        'cscapi copy sqlite:./cscapi.db sqlite:/var/lib/cscapi/cscapi.db',
        'TARGET=postgres://… cscapi copy sqlite:./cscapi.db env:TARGET',
      ]),
    )
    .action(async (from: string, to: string) => {
      const { copyStore } = await import('../client/copy-store.js')
      return copyStore(cli, from, to)
    })
}
