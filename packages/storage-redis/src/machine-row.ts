import { FAILING_REASONS, type Machine, StorageError } from '@cscapi/core'
import { ageMs, remainingMs } from '@cscapi/storage'

function corrupt(machineId: string, what: string): never {
  throw new StorageError('storage_corrupt', `The row of machine ${machineId} has ${what}`, {
    adapter: 'redis',
    operation: 'getMachine',
  })
}

/**
 * A credentials hash as the port shows it; `now` and the instants are microseconds of the server's
 * clock. `undefined` when the hash is empty.
 */
export function toMachine(machineId: string, row: ReadonlyMap<string, string>, now: number): Machine | undefined {
  const password = row.get('password')
  if (password === undefined) return undefined
  const until = (field: string, putField: string): number | undefined => {
    const instant = row.get(field)
    if (instant === undefined) return undefined
    const [at, putAt] = [instant, row.get(putField)].map((text) => toNumber(machineId, text) / 1_000)
    return Math.round(remainingMs({ at: Number(at), putAt: Number(putAt) }, now / 1_000))
  }
  const token = row.get('token')
  const failing = row.get('failing')
  return {
    machineId,
    password,
    registered: row.has('registered'),
    token:
      token === undefined
        ? undefined
        : {
            value: token,
            scenarios: toScenarios(machineId, row.get('scenarios')),
            expiresInMs: until('tokenUntil', 'tokenPut'),
          },
    authFailures: toNumber(machineId, row.get('authFailures')),
    failing:
      failing === undefined
        ? undefined
        : {
            reason:
              FAILING_REASONS.find((reason) => reason === failing) ??
              corrupt(machineId, `an unknown failing reason: ${failing}`),
            message: row.get('failingMessage'),
            count: toNumber(machineId, row.get('failingCount')),
            sinceMs: Math.round(ageMs(toNumber(machineId, row.get('failingSince')), now) / 1_000),
            retryInMs: until('failingUntil', 'failingPut') ?? 0,
          },
  }
}

function toScenarios(machineId: string, json = '[]'): string[] {
  const parsed = parseJson(json)
  if (Array.isArray(parsed) && parsed.every((scenario) => typeof scenario === 'string')) return parsed
  return corrupt(machineId, 'scenarios that are no list of names')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function toNumber(machineId: string, text = '0'): number {
  const number = Number(text)
  return Number.isFinite(number) ? number : corrupt(machineId, `${JSON.stringify(text)} for a number`)
}
