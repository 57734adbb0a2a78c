import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { openStorage } from '@cscapi/open-storage'
import type { Storage } from '@cscapi/storage'
import envPaths from 'env-paths'
import type { Cli } from './cli.js'

/** The file in the platform's folder for what programs keep: `~/.local/state/cscapi/cscapi.db`. */
export function defaultStorage(): string {
  const { log, data } = envPaths('cscapi', { suffix: '' })
  // What env-paths takes for logs is Linux's XDG_STATE_HOME; the other systems have one folder.
  return `sqlite:${join(process.platform === 'linux' ? log : data, 'cscapi.db')}`
}

/** The storage that is configured, opened. Close it, or hand it to a client that does. */
export async function openStore(cli: Cli): Promise<Storage> {
  const { storage, namespace } = await cli.settings()
  if (storage === undefined) await mkdir(dirname(defaultStorage().slice('sqlite:'.length)), { recursive: true })
  const logger = { warn: (message: string) => cli.terminal.tell(`cscapi: ${message}`) }
  return openStorage(storage ?? defaultStorage(), { ...(namespace !== undefined && { namespace }), logger })
}
