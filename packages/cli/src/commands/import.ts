import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { examples } from '../examples.js'
import type { ImportFlags } from '../import/import-from.js'

export function declare(command: Command, cli: Cli): void {
  command
    .description(
      'Takes over machines and unsent signals of another client: a database of the Python SDK (SQLite, PostgreSQL, MySQL), a file store of the PHP client, or the engine’s online_api_credentials.yaml. What would be done is shown first. The source is only read, and doing it twice changes nothing.',
    )
    .argument('<from>', 'a path or URL; env:NAME for a URL with a password, in the variable NAME')
    .option('--dry-run', 'say what would be done, and write nothing')
    .option('--yes', 'do it without asking')
    .option('--doubtful-context', 'take context that may be a deleted signal’s (SQLite files of before February 2024)')
    .addHelpText(
      'after',
      examples([
        'cscapi import cscapi.db --dry-run',
        'cscapi import env:CAPI_DATABASE_URL',
        'cscapi import /var/www/app/vendor/crowdsec/capi-client/src/Storage --yes',
        'cscapi import /etc/crowdsec/online_api_credentials.yaml --yes --json',
      ]),
    )
    .action(async (from: string, flags: ImportFlags) => {
      const { importFrom } = await import('../import/import-from.js')
      return importFrom(cli, from, flags)
    })
}
