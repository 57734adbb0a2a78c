import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../examples.js'

export function declare(command: Command, cli: Cli): void {
  command
    .description('Looks after the bouncers that may ask cscapi local-api for decisions.')
    .addHelpText('after', examples(['cscapi bouncers add firewall', 'cscapi bouncers ls']))

  command
    .command('add')
    .summary('make a bouncer, and print its key')
    .description('Makes a bouncer, and prints its key. The key is kept as a hash, and cannot be shown again.')
    .argument('<name>', 'a name of your choice')
    .addHelpText('after', examples(['cscapi bouncers add firewall']))
    .action(async (name: string) => (await import('../local-api/bouncers.js')).addBouncer(cli, name))

  command
    .command('ls')
    .summary('list bouncers')
    .description('Lists the bouncers; no key is shown.')
    .addHelpText('after', examples(['cscapi bouncers ls']))
    .action(async () => (await import('../local-api/bouncers.js')).listBouncers(cli))

  command
    .command('rm')
    .summary('revoke the key of a bouncer')
    .description('Revokes the key of a bouncer: within a second, it is refused.')
    .argument('<name>', 'the bouncer')
    .addHelpText('after', examples(['cscapi bouncers rm firewall']))
    .action(async (name: string) => (await import('../local-api/bouncers.js')).removeBouncer(cli, name))
}
