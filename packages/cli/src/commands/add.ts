import type { Command } from 'commander'
import { SIGNAL_FLAGS, type SignalFlags } from '../add/one-signal.js'
import type { Cli } from '../cli.js'
import { UsageError } from '../ending.js'
import { examples } from '../examples.js'

interface AddFlags extends SignalFlags {
  readonly format?: string
  readonly utc?: boolean
  readonly include?: string[]
  readonly map?: string[]
  readonly dryRun?: boolean
}

export function declare(command: Command, cli: Cli): void {
  command
    .description(
      'Stores attacks as signals, to be sent: from files, from standard input, or one from flags.\nWhat is good is stored; each bad line is told with its number and the reason.',
    )
    .argument('[file...]', 'files to read, gzip too; none or -: standard input')
    .option('--format <name>', 'what wrote the lines: cowrie, sshd, suricata, … (a wrong name lists them all)')
    .option('--utc', 'times without a zone are UTC, not of this host')
    .option('--map <key=field...>', 'of csv and jsonl, what stands where: source=client_ip time=at scenario=acme/login')
    .option('--include <what...>', 'tell also: users, passwords, commands, queries')
    .option('--ip <address>', 'one signal: the address or range that attacked')
    .option('--scenario <name>', 'one signal: what it did, e.g. crowdsecurity/ssh-bf')
    .option('--at <time>', 'one signal: when, as a date or epoch seconds (default: now)')
    .option('--message <text>', 'one signal: a sentence about it')
    .option('--context <key=value...>', 'one signal: details')
    .option('--uuid <uuid>', 'one signal: its uuid; one that is in the store already is not added')
    .option('--dry-run', 'store nothing: print, to the byte, what would leave')
    .addHelpText(
      'after',
      examples([
        'cscapi add --ip 203.0.113.7 --scenario crowdsecurity/ssh-bf',
        'cscapi add --format cowrie /var/log/cowrie/cowrie.json.2026-11-*',
        'journalctl -u ssh -o short-iso | cscapi add --format sshd',
        'cscapi add --format cowrie cowrie.json --dry-run | head',
        'cscapi add --format csv --map source=ip time=at time.format=epoch_s scenario=acme/login -- logins.csv',
      ]),
    )
    .action(async (files: readonly string[], flags: AddFlags) => {
      const isOne = SIGNAL_FLAGS.some((name) => flags[name] !== undefined)
      if (isOne && (files.length > 0 || flags.format !== undefined)) {
        throw new UsageError(
          'One signal comes from flags (--ip, --scenario, …), or many from files with --format: not both',
        )
      }
      if (isOne) {
        if (flags.map !== undefined) throw new UsageError('--map says how lines are read: one signal has none')
        const { addOne } = await import('../add/add-one.js')
        return addOne(cli, flags, flags.dryRun === true)
      }
      if (flags.format === undefined) {
        throw new UsageError('--format is missing, which says what wrote the lines: cscapi add --format cowrie FILE')
      }
      const { format, dryRun = false, utc, include, map } = flags
      const { mappingOf } = await import('../add/mapping-flags.js')
      const mapping = mappingOf(map, format)
      const { addFiles } = await import('../add/add-files.js')
      return addFiles(cli, files, format, { dryRun, reading: { utc, include, mapping } })
    })
}
