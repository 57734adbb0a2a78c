import { CapiClient, type Environment, InputError, type InputIssue } from '@cscapi/client'
import { type StateStore, stateKeys } from '@cscapi/core'
import type { Storage } from '@cscapi/storage'
import type { Cli } from '../cli.js'
import { clientOptions } from './client-options.js'
import { isThere, openStore } from './store.js'

/**
 * Why a client is made. `capi`: to call CAPI, for which environment and scenarios have to be known.
 * `store`: to change what is in the store, for which the store itself knows its environment. `look`:
 * to look at it, for which no machine is unsealed and nothing is written.
 */
export type Purpose = 'capi' | 'store' | 'look'

/** What a machine that never logs in detects. */
const NO_SCENARIOS = ['cscapi/none']

/** Makes a client on the configured storage, hands it over, and closes both whatever happens. */
export async function useClient<T>(
  cli: Cli,
  purpose: Purpose,
  work: (client: CapiClient, storage: Storage) => Promise<T>,
  open: (cli: Cli) => Promise<Storage> = openStore,
): Promise<T> {
  // What is not configured is told before a store is made.
  if (purpose === 'capi') await assertConfigured(cli)
  else if ((await cli.settings()).environment === undefined) await assertUsedBefore(cli)
  const storage = await open(cli)
  try {
    const client = await createClient(cli, purpose, storage)
    client.on('warning', ({ message }) => cli.terminal.tell(`cscapi: ${message}`))
    try {
      return await work(client, storage)
    } finally {
      await client.close()
    }
  } finally {
    await storage.close()
  }
}

/** Makes a client on a storage, which closing the client closes. */
export async function createClient(
  cli: Cli,
  purpose: Purpose,
  storage: Storage,
  bound?: Environment,
): Promise<CapiClient> {
  const settings = await cli.settings()
  const environment = bound ?? (await environmentOf(cli, storage))
  const scenarios = purpose === 'capi' ? (settings.scenarios ?? []) : NO_SCENARIOS
  const { encryptionKey, ...options } = clientOptions(settings)
  const sealing = purpose !== 'look' && encryptionKey !== undefined && { encryptionKey }
  return new CapiClient({ ...options, ...sealing, storage, environment, scenarios })
}

/** The environment that is configured, else the store's own. @throws InputError where there is none */
export async function environmentOf(cli: Cli, storage: StateStore): Promise<Environment> {
  const configured = (await cli.settings()).environment as Environment | undefined
  const environment = configured ?? (await boundEnvironment(storage))
  if (environment === undefined) throw notConfigured([missing('environment')])
  return environment
}

/** The environment that a store was used for first, if it was used. */
export async function boundEnvironment(storage: StateStore): Promise<Environment | undefined> {
  const stored = await storage.getState(stateKeys.environment)
  return stored && { baseUrl: new TextDecoder().decode(stored.value) }
}

/** A store that is not there yet can say nothing about its environment. */
async function assertUsedBefore(cli: Cli): Promise<void> {
  if (!(await isThere(cli))) throw notConfigured([missing('environment')])
}

async function assertConfigured(cli: Cli): Promise<void> {
  const settings = await cli.settings()
  const names = (['environment', 'scenarios'] as const).filter((name) => settings[name] === undefined)
  if (names.length > 0) throw notConfigured(names.map(missing))
}

/** The machine that is configured. @throws InputError that says how to configure one. */
export async function configuredMachine(cli: Cli): Promise<string> {
  const { machineId } = await cli.settings()
  if (machineId === undefined) throw notConfigured([missing('machineId')])
  return machineId
}

const HOW = {
  environment:
    'production or development: give --environment, CSCAPI_ENVIRONMENT, or environment in cscapi.config.yaml',
  scenarios: 'a list of what your machine detects: give CSCAPI_SCENARIOS, or scenarios in cscapi.config.yaml',
  machineId:
    '48 letters and digits, from cscapi machines id: give --machine-id, CSCAPI_MACHINE_ID, or machineId in cscapi.config.yaml',
} as const

function missing(name: keyof typeof HOW): InputIssue {
  return { path: name, value: '', rule: `is missing: ${HOW[name]}` }
}

function notConfigured(issues: readonly InputIssue[]): InputError {
  return new InputError('Something is not configured yet (cscapi init asks for it)', issues)
}
