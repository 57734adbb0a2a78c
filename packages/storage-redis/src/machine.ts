import { FAILING_REASONS, type Machine, StorageError } from '@cscapi/core'
import { parseJson } from '@cscapi/signals'
import { ageMs, remainingMs } from '@cscapi/storage'

function corrupt(machineId: string, what: string): never {
  throw new StorageError('storage_corrupt', `The credentials of machine ${machineId} have ${what}`, {
    adapter: 'redis',
    operation: 'getMachine',
  })
}

/**
 * Shows a hash of credentials as the port does; `now` and the instants are microseconds of the
 * server's clock. `undefined` when the hash is empty.
 */
export function toMachine(
  machineId: string,
  credentials: ReadonlyMap<string, string>,
  now: number,
): Machine | undefined {
  const password = credentials.get('password')
  if (password === undefined) return undefined
  const until = (field: string, putField: string): number | undefined => {
    const instant = credentials.get(field)
    if (instant === undefined) return undefined
    const [at, putAt] = [instant, credentials.get(putField)].map((text) => toNumber(machineId, text) / 1_000)
    return Math.round(remainingMs({ at: Number(at), putAt: Number(putAt) }, now / 1_000))
  }
  const token = credentials.get('token')
  const failing = credentials.get('failing')
  return {
    machineId,
    password,
    registered: credentials.has('registered'),
    token:
      token === undefined
        ? undefined
        : {
            value: token,
            scenarios: toScenarios(machineId, credentials.get('scenarios')),
            expiresInMs: until('tokenUntil', 'tokenPut'),
          },
    authFailures: toNumber(machineId, credentials.get('authFailures')),
    failing:
      failing === undefined
        ? undefined
        : {
            reason:
              FAILING_REASONS.find((reason) => reason === failing) ??
              corrupt(machineId, `an unknown failing reason: ${failing}`),
            message: credentials.get('failingMessage'),
            count: toNumber(machineId, credentials.get('failingCount')),
            sinceMs: Math.round(ageMs(toNumber(machineId, credentials.get('failingSince')), now) / 1_000),
            retryInMs: until('failingUntil', 'failingPut') ?? 0,
          },
  }
}

function toScenarios(machineId: string, json = '[]'): string[] {
  const parsed = parseJson(json)
  if (Array.isArray(parsed) && parsed.every((scenario) => typeof scenario === 'string')) return parsed
  return corrupt(machineId, 'scenarios that are no list of names')
}

function toNumber(machineId: string, text = '0'): number {
  const number = Number(text)
  return Number.isFinite(number) ? number : corrupt(machineId, `${JSON.stringify(text)} for a number`)
}
