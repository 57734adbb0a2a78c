import { type Command, Option } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../examples.js'

export function declare(command: Command, cli: Cli): void {
  command
    .description('Looks after the machines of the store: the identities that signals are sent as.')
    .addHelpText('after', examples(['cscapi machines ls', 'cscapi machines revive', 'cscapi machines id honeypot-1']))

  command
    .command('ls')
    .summary('list machines')
    .description('Lists the machines that have credentials in the store; no password and no token is shown.')
    .option('--failing', 'only those that CAPI refuses for now')
    .addHelpText('after', examples(['cscapi machines ls', 'cscapi machines ls --failing --json']))
    .action(async (flags: { failing?: boolean }) => {
      const { listMachines } = await import('../machines/list-machines.js')
      return listMachines(cli, flags)
    })

  command
    .command('show')
    .summary('show one machine')
    .description('Shows one machine: whether it is registered, enrolled, failing, and until when its token lasts.')
    .argument('[id]', 'the machine (default: the one that is configured)')
    .addHelpText('after', examples(['cscapi machines show']))
    .action(async (id: string | undefined) => {
      const { showMachine } = await import('../machines/list-machines.js')
      return showMachine(cli, id)
    })

  command
    .command('revive')
    .summary('give failing machines another chance at once')
    .description('Gives failing machines, these or all, another chance at once: their signals are due again.')
    .argument('[id...]', 'the machines (default: all that are failing)')
    .addHelpText('after', examples(['cscapi machines revive']))
    .action(async (ids: string[]) => {
      const { reviveMachines } = await import('../machines/change-machines.js')
      return reviveMachines(cli, ids)
    })

  command
    .command('rm')
    .summary('forget machines, their credentials and their signals')
    .description(
      'Forgets machines, their credentials and all their signals. CAPI keeps them, with a password that nobody has any more: the ids cannot be used again.',
    )
    .argument('<id...>', 'the machines')
    .option('--yes', 'do not ask')
    .addHelpText('after', examples(['cscapi machines rm ID --yes']))
    .action(async (ids: string[], { yes = false }: { yes?: boolean }) => {
      const { removeMachines } = await import('../machines/change-machines.js')
      return removeMachines(cli, ids, yes)
    })

  command
    .command('id')
    .summary('make a machine id')
    .description(
      'Makes a machine id. Without a key, one that nobody else has; with a key, always the same for the same key and prefix, so choose a key that nobody guesses.',
    )
    .argument('[key]', 'what the id is drawn from (default: by chance)')
    .option('--prefix <text>', 'what it begins with: up to 16 letters and digits')
    .addOption(new Option('--format <format>', 'python: bit for bit what the Python SDK makes').choices(['python']))
    .addHelpText(
      'after',
      examples([
        'cscapi machines id',
        'cscapi machines id --prefix honeypot',
        'cscapi machines id KEY --format python',
      ]),
    )
    .action(async (key: string | undefined, flags: { prefix?: string; format?: 'python' }) => {
      const { makeMachineId } = await import('../machines/machine-id.js')
      return makeMachineId(cli, key, flags)
    })
}
