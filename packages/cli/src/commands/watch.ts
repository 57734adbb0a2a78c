import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../examples.js'

interface WatchFlags {
  readonly format?: string
  readonly map?: string[]
  readonly pull: boolean
  readonly fromEnd?: boolean
  readonly ops?: string
}

export function declare(command: Command, cli: Cli): void {
  command
    .description(
      'Follows files while they are written, and sends, pulls and deletes what is old on schedule, until Ctrl-C.\nRotation, restarts and half lines are taken care of: nothing is lost, nothing added twice.',
    )
    .argument('[file...]', 'files to follow, also ones that do not exist yet (default: inputs of the configuration)')
    .option('--format <name>', 'what writes the lines: cowrie, sshd, suricata, …')
    .option('--map <key=field...>', 'of csv and jsonl, what stands where: see cscapi add --help')
    .option('--from-end', 'of a file that was never followed, leave out what is there already')
    .option('--no-pull', 'do not pull the blocklist')
    .option(
      '--ops <address:port>',
      'serve the operations page, such as on 127.0.0.1:8090; elsewhere than there with CSCAPI_OPS_TOKEN',
    )
    .addHelpText(
      'after',
      examples([
        'cscapi watch',
        'cscapi watch /var/log/cowrie/cowrie.json --format cowrie',
        'cscapi watch --json --no-pull',
      ]),
    )
    .action(async (files: readonly string[], { format, map, pull, fromEnd = false, ops }: WatchFlags) => {
      const { mappingOf } = await import('../add/mapping-flags.js')
      const mapping = mappingOf(map, format)
      const { watchFiles } = await import('../follow/watch-files.js')
      return watchFiles(cli, files, { format, mapping, pull, fromEnd, ops })
    })
}
