import { existsSync } from 'node:fs'
import { type CapiClient, type Environment, withEncryption } from '@cscapi/client'
import { MemoryStorage, type Storage } from '@cscapi/storage'
import type { Cli } from '../cli.js'
import { fileOf, openStore, storageUrl } from '../client/store.js'
import { boundEnvironment, useClient } from '../client/use-client.js'
import { UsageError } from '../ending.js'
import { EXIT } from '../exit-codes.js'
import { sourceName } from './from-argument.js'
import { importInto } from './import-into.js'
import { openSource } from './open-source.js'
import { printReport } from './print-report.js'
import { changes, type ImportReport } from './report.js'
import type { ImportSource } from './source.js'

export interface ImportFromOptions {
  readonly dryRun: boolean
  /** Do it without asking. */
  readonly yes: boolean
  readonly doubtfulContext: boolean
}

/** `cscapi import`: says what would be done, asks, and does it. */
export async function importFrom(cli: Cli, argument: string | undefined, options: ImportFromOptions): Promise<void> {
  const from = sourceName(argument, cli.env)
  const { dryRun, yes, doubtfulContext } = options
  if (!dryRun && !yes && (cli.json || !cli.terminal.isTerminal || !process.stdin.isTTY))
    throw new UsageError('Nobody can be asked here: add --yes to import, or --dry-run to see what would be done')
  const now = Date.now()
  const isNew = await isNewStore(cli)
  const environment = async (storage: Storage) =>
    ((await cli.settings()).environment ?? (await boundEnvironment(storage))) as Environment

  const work = (apply: boolean, source: ImportSource) =>
    useClient(
      cli,
      'store',
      async (client, storage) => {
        // Before anything is written: whether the store belongs to this environment.
        if (apply) await client.stats()
        return importInto(await targetOf(cli, client, storage), source, { apply, now, signal: cli.signal })
      },
      apply || !isNew ? openStore : async () => new MemoryStorage(),
    )

  const source = await useClient(
    cli,
    'store',
    async (_, storage) => openSource(from, { environment: await environment(storage), now, doubtfulContext }),
    isNew ? async () => new MemoryStorage() : openStore,
  )
  try {
    if (!yes || dryRun) {
      const report = await work(false, source)
      tell(cli, report)
      if (dryRun) return
      if (!changes(report)) return cli.terminal.line('There is nothing to import.')
      if (!(await isConfirmed())) return cli.terminal.line('Nothing was changed.')
    }
    tell(cli, await work(true, source))
  } finally {
    await source.close()
  }
}

/** A dry run makes no store. */
async function isNewStore(cli: Cli): Promise<boolean> {
  const file = fileOf(await storageUrl(cli))
  return file !== undefined && !existsSync(file)
}

async function targetOf(cli: Cli, client: CapiClient, storage: Storage) {
  const { encryptionKey, scenarios = [], allowLongMachineIds = false } = await cli.settings()
  const store = withEncryption(storage, encryptionKey)
  await store.open()
  return { store, client, scenarios, allowLongMachineIds }
}

function tell(cli: Cli, report: ImportReport): void {
  if (cli.json) cli.terminal.json(report)
  else printReport(cli.terminal, report)
  const hasConflict = report.machines.some(({ outcome }) => outcome === 'conflict')
  if (report.refused.length > 0 || hasConflict) cli.exitWith(EXIT.findings)
}

async function isConfirmed(): Promise<boolean> {
  const { confirm } = await import('@clack/prompts')
  return (await confirm({ message: 'Import this?', initialValue: false })) === true
}
