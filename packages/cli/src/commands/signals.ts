import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../examples.js'
import { durationArgument } from '../settings/duration-argument.js'
import type { Which } from '../signals/change-signals.js'

const MACHINE = ['--machine <id>', 'only this machine’s'] as const

export function declare(command: Command, cli: Cli): void {
  command
    .description(
      'Looks after the signals in the store: those that wait, those that were sent, and those that were rejected.',
    )
    .addHelpText(
      'after',
      examples(['cscapi signals ls', 'cscapi signals rejected', 'cscapi signals requeue --machine ID']),
    )
  const olderThan = [
    '--older-than <duration>',
    'only those that are as they are for so long',
    durationArgument('--older-than'),
  ] as const

  command
    .command('ls')
    .summary('list signals, oldest first within a machine')
    .description(
      'Lists signals, oldest first within a machine. With --json, each as it goes on the wire, with its status.',
    )
    .addOption(new Option('--status <status>', 'only these').choices(['pending', 'sent', 'rejected']))
    .option(...MACHINE)
    .option(...olderThan)
    .option('--limit <n>', 'so many at most', limitArgument, 100)
    .addHelpText(
      'after',
      examples(['cscapi signals ls --status pending', 'cscapi signals ls --limit 1000000 --json > signals.jsonl']),
    )
    .action(async (flags) => {
      const { listSignals } = await import('../signals/list-signals.js')
      return listSignals(cli, flags)
    })

  command
    .command('rejected')
    .summary('list what CAPI refused for good, and why')
    .description('Lists what CAPI refused for good, and why.')
    .option(...MACHINE)
    .option('--limit <n>', 'so many at most', limitArgument, 100)
    .addHelpText('after', examples(['cscapi signals rejected', 'cscapi signals rejected --json']))
    .action(async (flags) => {
      const { listRejected } = await import('../signals/list-signals.js')
      return listRejected(cli, flags)
    })

  command
    .command('requeue')
    .summary('send rejected signals again')
    .description('Makes rejected signals pending again: after what was wrong has been put right.')
    .option(...MACHINE)
    .option(...olderThan)
    .addHelpText('after', examples(['cscapi signals requeue', 'cscapi signals requeue --older-than 1h']))
    .action(async (flags: Which) => {
      const { requeueSignals } = await import('../signals/change-signals.js')
      return requeueSignals(cli, flags)
    })

  command
    .command('purge')
    .summary('delete rejected signals')
    .description('Deletes rejected signals of at least that age, for good.')
    .requiredOption(
      '--older-than <duration>',
      'rejected at least so long ago; 0 for all',
      durationArgument('--older-than'),
    )
    .option(...MACHINE)
    .option('--yes', 'do not ask')
    .addHelpText(
      'after',
      examples(['cscapi signals purge --older-than 30d', 'cscapi signals purge --older-than 0 --yes']),
    )
    .action(async (flags: Which & { olderThan: number; yes?: boolean }) => {
      const { purgeSignals } = await import('../signals/change-signals.js')
      return purgeSignals(cli, flags)
    })

  command
    .command('export')
    .summary('print rejected signals as JSON lines')
    .description(
      'Prints rejected signals as JSON lines, each as it was refused: correct them, purge the originals, and give them to cscapi add --format signal.',
    )
    .option(...MACHINE)
    .addHelpText('after', examples(['cscapi signals export > rejected.jsonl']))
    .action(async (flags: Which) => {
      const { exportSignals } = await import('../signals/list-signals.js')
      return exportSignals(cli, flags)
    })
}

function limitArgument(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It takes a whole number above 0.')
}
