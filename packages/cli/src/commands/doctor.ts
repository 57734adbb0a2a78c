import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../examples.js'

export function declare(command: Command, cli: Cli): void {
  command
    .description(
      'Checks configuration, store, permissions, clock, proxy and TLS, whether CAPI can be reached, tokens and pauses, and says what to do. Spends no login unless --online. Exit 3: something has to be done.',
    )
    .option('--online', 'log the configured machine in, too: registers it if it is new')
    .option('--offline', 'call nobody')
    .addHelpText('after', examples(['cscapi doctor', 'cscapi doctor --online', 'cscapi doctor --json']))
    .action(async (flags: { online?: boolean; offline?: boolean }) => {
      const { doctor } = await import('../doctor/doctor.js')
      return doctor(cli, flags)
    })
}
