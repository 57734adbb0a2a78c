import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Environment, InputError } from '@cscapi/client'
import { createEmulator, type Emulator } from '@cscapi/emulator'
import { openStorage } from '@cscapi/open-storage'
import { printableUrl } from '@cscapi/signals'
import type { Storage } from '@cscapi/storage'
import { type Arguments, EMULATOR_PORT } from './arguments.js'
import { UsageError } from './usage-error.js'

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
export async function openTarget({ environment, storage, emulatorPort }: Arguments): Promise<Target> {
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
  const isKept = storage !== undefined && storage !== 'memory:'
  const port = emulatorPort ?? EMULATOR_PORT
  const listening = await emulator.listen({ port }).catch((error: NodeJS.ErrnoException) => {
    if (emulatorPort === undefined && !isKept) return emulator.listen()
    const why = error.code === 'EADDRINUSE' ? 'is taken' : `cannot be used (${error.code})`
    throw new UsageError(
      `Port ${port}, where the emulator is to listen, ${why}. Name another with --emulator-port; a store that is kept needs the same one at each run.`,
    )
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
