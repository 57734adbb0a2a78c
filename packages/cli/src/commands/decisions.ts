import { type Command, InvalidArgumentError } from 'commander'
import type { Cli } from '../cli.js'
import { EXPORT_FORMATS } from '../decisions/export-formats.js'
import type { ExportFlags } from '../decisions/export-text.js'
import { examples } from '../examples.js'
import { durationArgument } from '../settings/duration-argument.js'

/** What `export` and `watch` have in common. */
function exporting(command: Command): Command {
  return command
    .requiredOption('--format <name>', `one of ${EXPORT_FORMATS.join(', ')}`)
    .option('--family <4|6>', 'only addresses of this family', wholeNumber)
    .option('--remediation <name...>', 'only these: ban, captcha, …')
    .option('--max <n>', 'so many networks at most, the most important ones', wholeNumber)
    .option('--name <name>', 'the name of the set, table or variable, where the format has one')
}

export function declare(command: Command, cli: Cli): void {
  command
    .description('The community blocklist: pulls it, asks it, writes it for firewalls and proxies.')
    .addHelpText(
      'after',
      examples([
        'cscapi decisions pull',
        'cscapi decisions check 203.0.113.7',
        'cscapi decisions export --format nginx-deny',
      ]),
    )

  command
    .command('pull')
    .summary('pull the blocklist into the store')
    .description(
      'Pulls the blocklist, and every list that it links to, into the store. At most one pull in 2 hours happens, whoever asks.',
    )
    .option('--force', 'pull although the last one is less than 2 hours ago')
    .addHelpText('after', examples(['cscapi decisions pull', 'cscapi decisions pull --json']))
    .action(async ({ force = false }: { force?: boolean }) => {
      const { pullDecisions } = await import('../decisions/pull.js')
      return pullDecisions(cli, force)
    })

  command
    .command('check')
    .summary('say whether addresses are blocked, why and until when')
    .description(
      'Says for each address whether it is blocked, why and until when. Exit 0: none is; 3: at least one is.',
    )
    .argument('<ip...>', 'addresses')
    .addHelpText(
      'after',
      examples(['cscapi decisions check 203.0.113.7', 'cscapi decisions check 203.0.113.7 2001:db8::1 --json']),
    )
    .action(async (ips: string[]) => {
      const { checkAddresses } = await import('../decisions/check.js')
      return checkAddresses(cli, ips)
    })

  command
    .command('stats')
    .summary('count what is in force')
    .description('Counts what is in force, by origin, remediation and reason.')
    .addHelpText('after', examples(['cscapi decisions stats', 'cscapi decisions stats --json']))
    .action(async () => {
      const { showDecisionStats } = await import('../decisions/stats.js')
      return showDecisionStats(cli)
    })

  exporting(command.command('export'))
    .summary('write what is in force for a firewall, a proxy or a program')
    .description('Writes what is in force, for a firewall, a proxy, a web server or a program.')
    .option('--out <file>', 'a file, written aside and moved in place (default: standard output)')
    .addHelpText(
      'after',
      examples([
        'cscapi decisions export --format nftables | sudo nft -f -',
        'cscapi decisions export --format nginx-deny --out /etc/nginx/cscapi.conf',
      ]),
    )
    .action(async (flags: ExportFlags & { out?: string }) => {
      const { exportBlocklist } = await import('../decisions/export.js')
      return exportBlocklist(cli, flags)
    })

  exporting(command.command('watch'))
    .summary('keep a firewall’s file fresh')
    .description(
      'Pulls on schedule and keeps a file fresh, until Ctrl-C. The file is written aside, brought to disk and moved in place; the command is run only when it changed, and without a shell.',
    )
    .requiredOption('--out <file>', 'the file')
    .option('--exec <command>', 'run this when the file changed; quotes group words, nothing else is special')
    .option('--reload <service>', 'short for --exec "systemctl reload SERVICE"')
    .option('--every <duration>', 'how often the store is looked at', durationArgument('--every'), 300_000)
    .option('--no-pull', 'leave pulling to another process of the store')
    .addHelpText(
      'after',
      examples([
        'cscapi decisions watch --format nginx-deny --out /etc/nginx/cscapi.conf --reload nginx',
        "cscapi decisions watch --format nftables --out /etc/cscapi.nft --exec 'nft -f /etc/cscapi.nft'",
      ]),
    )
    .action(async (flags) => {
      const { watchBlocklist } = await import('../decisions/watch.js')
      return watchBlocklist(cli, flags)
    })
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It takes a whole number above 0.')
}
