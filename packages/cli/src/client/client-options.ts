import { readFileSync } from 'node:fs'
import { type CapiClientOptions, FREE_ACCOUNT_LOGIN_BUDGET, InputError } from '@cscapi/client'
import type { Settings } from '../settings/settings-schema.js'

const LEASE_MS = 120_000

/** What the settings say to a client, apart from its storage, environment and scenarios. */
export function clientOptions({
  userAgentPrefix,
  neverReport,
  allowPrivate,
  dedup,
  maxPending,
  whenFull,
  concurrency,
  batchSize,
  gzip,
  allowLongMachineIds,
  freeAccount = true,
  encryptionKey,
  ca,
  proxy,
  timeout,
}: Settings): Omit<CapiClientOptions, 'storage' | 'environment' | 'scenarios'> {
  const given = {
    userAgentPrefix,
    neverReport,
    allowPrivate,
    maxPending,
    whenFull,
    concurrency,
    batchSize,
    gzip,
    allowLongMachineIds,
    encryptionKey,
    proxy,
    dedup: dedup && { by: dedup.by, windowMs: dedup.window },
    loginBudget: freeAccount ? FREE_ACCOUNT_LOGIN_BUDGET : undefined,
    ca: ca && readAuthority(ca),
    timeoutMs: timeout,
    leaseMs: timeout && Math.max(LEASE_MS, 2 * timeout),
  }
  return withoutUndefined(given)
}

function readAuthority(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new InputError('The configuration is not usable', [
      { path: 'ca', value: file, rule: `must name a file that can be read: ${why}` },
    ])
  }
}

type Given<Options> = { [Name in keyof Options]?: Exclude<Options[Name], undefined> }

function withoutUndefined<Options extends object>(options: Options): Given<Options> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<Options>
}
