import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Environment } from '@cscapi/client'
import { createEmulator, type Emulator } from '@cscapi/emulator'
import { MemoryStorage, type Storage } from '@cscapi/storage'
import { SqliteStorage } from '@cscapi/storage-sqlite'
import type { Arguments } from './arguments.js'

/** Always the same, so that a store that is kept belongs to it at the next run too. */
const EMULATOR_PORT = 8_099

/** Where the signals go. */
export interface Target {
  readonly environment: Environment
  /** For people. */
  readonly name: string
  readonly isReal: boolean
  /** The emulator of this process, if there is one. */
  readonly emulator: Emulator | undefined
  close(): Promise<void>
}

/** Starts the emulator, if it is the target. */
export async function openTarget({ environment, storage }: Arguments): Promise<Target> {
  if (environment === 'development' || environment === 'production') {
    return {
      environment,
      name: `CrowdSec’s ${environment} service`,
      isReal: true,
      emulator: undefined,
      close: async () => {},
    }
  }
  if (environment !== 'emulator') {
    return {
      environment,
      name: `the emulator at ${environment.baseUrl}`,
      isReal: false,
      emulator: undefined,
      close: async () => {},
    }
  }
  const emulator = createEmulator({
    strict: true,
    decisions: 250,
    blocklists: [{ name: 'sample-list', values: ['203.0.113.250', '198.51.100.0/28'] }],
    acceptUnknownMachines: true,
  })
  const listening = await emulator.listen({ port: EMULATOR_PORT }).catch((error: unknown) => {
    if (storage?.startsWith('sqlite:')) throw error
    return emulator.listen()
  })
  return {
    environment: { baseUrl: listening.url },
    name: `the emulator at ${listening.url}`,
    isReal: false,
    emulator,
    close: () => listening.close(),
  }
}

/** Opens the store that `--storage` names, and says where it is. */
export function makeStorage(url: string | undefined): { storage: Storage; place: string } {
  if (url === 'memory:') return { storage: new MemoryStorage(), place: 'memory' }
  const path = url?.slice('sqlite:'.length) ?? join(mkdtempSync(join(tmpdir(), 'cscapi-demo-')), 'cscapi.db')
  return { storage: new SqliteStorage({ path }), place: path }
}
