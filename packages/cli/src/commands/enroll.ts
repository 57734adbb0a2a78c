import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../examples.js'
import type { EnrollFlags } from '../machines/enroll.js'

export function declare(command: Command, cli: Cli): void {
  command
    .description(
      'Enrolls machines in the console account of an attachment key. The key comes from CSCAPI_ATTACHMENT_KEY, a file that CSCAPI_ATTACHMENT_KEY_FILE names, or a prompt: an argument is seen by every user of the host.',
    )
    .option('--name <name>', 'the name that the console shows')
    .option('--tag <tag...>', 'labels that the console shows')
    .option('--overwrite', 'take the machine over from another account')
    .option('--all', 'every machine of the store (default: the one that is configured)')
    .addHelpText(
      'after',
      examples(['cscapi enroll --name honeypot-1', 'CSCAPI_ATTACHMENT_KEY_FILE=/run/secrets/key cscapi enroll --all']),
    )
    .action(async (flags: EnrollFlags) => {
      const { enroll } = await import('../machines/enroll.js')
      return enroll(cli, flags)
    })
}
