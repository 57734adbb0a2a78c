import { existsSync } from 'node:fs'
import { type CapiClient, type Environment, withEncryption } from '@cscapi/client'
import { MemoryStorage, type Storage } from '@cscapi/storage'
import type { Cli } from '../cli.js'
import { fileOf, openStore, storageUrl } from '../client/store.js'
import { urlArgument } from '../client/url-argument.js'
import { environmentOf, useClient } from '../client/use-client.js'
import { UsageError } from '../ending.js'
import { EXIT } from '../exit-codes.js'
import { type ImportTarget, importInto } from './import-into.js'
import { openSource } from './open-source.js'
import { printReport } from './print-report.js'
import { changes, type ImportReport } from './report.js'
import type { ImportSource } from './source.js'

export interface ImportFlags {
  readonly dryRun?: boolean
  /** Do it without asking. */
  readonly yes?: boolean
  readonly doubtfulContext?: boolean
}

/** `cscapi import`: says what would be done, asks, and does it. */
export async function importFrom(cli: Cli, argument: string, flags: ImportFlags): Promise<void> {
  const { dryRun = false, yes = false, doubtfulContext = false } = flags
  const from = urlArgument(cli, argument)
  if (!dryRun && !yes && (cli.json || !cli.terminal.isTerminal || !process.stdin.isTTY))
    throw new UsageError('Nobody can be asked here: add --yes to import, or --dry-run to see what would be done')
  const now = Date.now()
  const source = await openFor(cli, (environment) => openSource(from, { environment, now, doubtfulContext }))
  try {
    if (dryRun || !yes) {
      const report = await dryRunOf(cli, source, now)
      tell(cli, report)
      if (dryRun) return
      if (!changes(report)) return cli.terminal.line('There is nothing to import.')
      if (!(await isConfirmed())) return cli.terminal.line('Nothing was changed.')
    }
    const report = await useClient(cli, 'store', async (client, storage) => {
      // Before anything is written, it tells a store that belongs to another environment.
      await client.stats()
      return importInto(await targetOf(cli, client, storage), source, { apply: true, now, signal: cli.signal })
    })
    tell(cli, report)
  } finally {
    await source.close()
  }
}

/** Opens the source for the environment of the store. */
async function openFor(cli: Cli, open: (environment: Environment) => Promise<ImportSource>): Promise<ImportSource> {
  const storage = await openToLook(cli)
  try {
    return await open(await environmentOf(cli, storage))
  } finally {
    await storage.close()
  }
}

function dryRunOf(cli: Cli, source: ImportSource, now: number): Promise<ImportReport> {
  const look = async (client: CapiClient, storage: Storage) =>
    importInto(await targetOf(cli, client, storage), source, { apply: false, now, signal: cli.signal })
  return useClient(cli, 'store', look, openToLook)
}

/** A store that is not there yet is not made to look at it. */
async function openToLook(cli: Cli): Promise<Storage> {
  const file = fileOf(await storageUrl(cli))
  return file === undefined || existsSync(file) ? openStore(cli) : new MemoryStorage()
}

async function targetOf(cli: Cli, client: CapiClient, storage: Storage): Promise<ImportTarget> {
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
