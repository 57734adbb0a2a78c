import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { CscapiError } from '@cscapi/signals'
import type { Storage } from '@cscapi/storage'
import type { Cli } from '../cli.js'
import { platformFolders } from '../settings/platform-folders.js'

const SQLITE = 'sqlite:'

/** The file in the platform's folder for what programs keep: `~/.local/state/cscapi/cscapi.db`. */
export const defaultStorage = () => `${SQLITE}${join(platformFolders(process.env).state, 'cscapi.db')}`

/** The URL of the storage that is configured. A secret: it may hold a password. */
export async function storageUrl(cli: Cli): Promise<string> {
  return (await cli.settings()).storage ?? defaultStorage()
}

/** Opens the storage that is configured, and makes it if there is none. Close it. */
export async function openStore(cli: Cli): Promise<Storage> {
  const url = await storageUrl(cli)
  if (url === defaultStorage()) await mkdir(dirname(fileOf(url) ?? ''), { recursive: true, mode: 0o700 })
  return openUrl(cli, url)
}

/**
 * Opens a storage that is there already: whoever only looks makes none.
 *
 * @throws CscapiError `storage_missing`
 */
export async function openExistingStore(cli: Cli): Promise<Storage> {
  const url = await storageUrl(cli)
  assertExists(url)
  return openUrl(cli, url)
}

/**
 * Opens a storage that is there already to look at it: one of an older schema stays so, and whoever
 * may only read its file may do so.
 *
 * @throws CscapiError `storage_missing`
 */
export async function openToRead(cli: Cli): Promise<Storage> {
  const url = await storageUrl(cli)
  assertExists(url)
  return openUrl(cli, url, { readOnly: true })
}

/** Whether the configured storage is there, as far as that can be told before it is opened. */
export async function isThere(cli: Cli): Promise<boolean> {
  return missingFile(await storageUrl(cli)) === undefined
}

function missingFile(url: string): string | undefined {
  const file = fileOf(url)
  return file === undefined || existsSync(file) ? undefined : file
}

/** @throws CscapiError `storage_missing` for a SQLite file that is not there. */
export function assertExists(url: string): void {
  const file = missingFile(url)
  if (file === undefined) return
  const message = `There is no store at ${file}: name another with --storage, or make it with cscapi init`
  throw new CscapiError('storage_missing', message)
}

/** The namespace is that of the configured storage. */
export async function openUrl(cli: Cli, url: string, { readOnly = false } = {}): Promise<Storage> {
  const { openStorage } = await import('@cscapi/open-storage')
  const { namespace } = await cli.settings()
  const logger = { warn: (message: string) => cli.terminal.tell(`cscapi: ${message}`) }
  return openStorage(url, { readOnly, ...(namespace !== undefined && { namespace }), logger })
}

/** The file of a SQLite storage, as the adapter reads its URL. */
export function fileOf(url: string): string | undefined {
  return url.startsWith(SQLITE) ? url.slice(SQLITE.length).replace(/^\/\/(?=\/)/, '') : undefined
}
