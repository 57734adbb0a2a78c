import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Environment, InputError } from '@cscapi/client'
import { createEmulator, type Emulator } from '@cscapi/emulator'
import { openStorage } from '@cscapi/open-storage'
import { printableUrl } from '@cscapi/signals'
import type { Storage } from '@cscapi/storage'
import type { Arguments } from './arguments.js'
import { UsageError } from './usage-error.js'

/** Always the same, so that a store that is kept belongs to it at the next run too. */
const EMULATOR_PORT = 8_099

const HOSTS = { production: 'api.crowdsec.net', development: 'api.dev.crowdsec.net' } as const

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
      name: `CrowdSec’s ${environment} service (${HOSTS[environment]})`,
      isReal: true,
      emulator: undefined,
      close: async () => {},
    }
  }
  if (environment !== 'emulator') {
    return {
      environment,
      name: `the emulator at ${printableUrl(environment.baseUrl)}`,
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
    if (storage !== undefined && storage !== 'memory:') throw error
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

/** Opens the store that `--storage` names, and says where it is, without a password. */
export async function makeStorage(url: string | undefined): Promise<{ storage: Storage; place: string }> {
  const chosen = url ?? `sqlite:${join(mkdtempSync(join(tmpdir(), 'cscapi-demo-')), 'cscapi.db')}`
  const shown = printableUrl(chosen)
  const storage = await openStorage(chosen, { logger: console }).catch((error: unknown) => {
    if (!(error instanceof InputError)) throw error
    // Its rules only: the value may hold a password.
    throw new UsageError(`--storage ${shown} cannot be used: ${error.issues.map(({ rule }) => rule).join('; ')}.`)
  })
  return { storage, place: chosen === 'memory:' ? 'memory' : shown.replace(/^sqlite:/, '') }
}
