import { FAILING_REASONS, type Machine, type MachinePatch, StorageError } from '@cscapi/core'
import { ageMs, remainingMs } from '@cscapi/storage'
import * as z from 'zod'

/** As the driver reads it. */
type Instant = bigint | number

/**
 * A row of `credentials`: what a machine needs to talk to CAPI. Instants are epoch milliseconds of
 * the store's clock.
 */
export interface CredentialRow {
  readonly password: string
  readonly registered: boolean
  readonly token: string | null
  /** A JSON array of text. */
  readonly tokenScenarios: string | null
  readonly tokenExpiresAt: Instant | null
  readonly authFailures: number
  readonly failingReason: string | null
  readonly failingMessage: string | null
  readonly failingCount: number
  readonly failingSince: Instant | null
  readonly failingRetryAt: Instant | null
  /** When the token's expiry and the next try were written. Absent: believed as they are. */
  readonly tokenPutAt?: Instant
  readonly failingPutAt?: Instant
}

const scenariosSchema = z.array(z.string())
const reasonSchema = z.enum(FAILING_REASONS)

/**
 * Shows a row as the port does: instants become durations.
 * @throws StorageError `storage_corrupt` when the row is not as cscapi writes it
 */
export function toMachine(adapter: 'sqlite' | 'postgres', machineId: string, row: CredentialRow, now: number): Machine {
  try {
    return readMachine(machineId, row, now)
  } catch {
    const message = `The row of machine ${machineId} is not as cscapi writes it; delete the machine, or restore a copy`
    throw new StorageError('storage_corrupt', message, { adapter, operation: 'getMachine' })
  }
}

function readMachine(machineId: string, row: CredentialRow, now: number): Machine {
  const { password, registered, authFailures, token, tokenExpiresAt, failingReason, failingCount } = row
  return {
    machineId,
    password,
    registered,
    authFailures,
    token:
      token === null
        ? undefined
        : {
            value: token,
            scenarios: scenariosSchema.parse(JSON.parse(row.tokenScenarios ?? '[]')),
            expiresInMs: tokenExpiresAt === null ? undefined : remaining(tokenExpiresAt, row.tokenPutAt, now),
          },
    failing:
      failingReason === null
        ? undefined
        : {
            reason: reasonSchema.parse(failingReason),
            message: row.failingMessage ?? undefined,
            count: failingCount,
            sinceMs: ageMs(Number(row.failingSince), now),
            retryInMs: remaining(row.failingRetryAt, row.failingPutAt, now),
          },
  }
}

function remaining(at: Instant | null, putAt: Instant | undefined, now: number): number {
  return remainingMs({ at: Number(at), putAt: putAt === undefined ? Number.NEGATIVE_INFINITY : Number(putAt) }, now)
}

/**
 * A column of `credentials` and its new value: a plain one, or an instant so many milliseconds from
 * now and the column that says when it was written.
 */
export type CredentialChange =
  | { readonly column: string; readonly value: string | number | boolean | null }
  | { readonly column: string; readonly inMs: number; readonly putColumn: string }

/**
 * Lists what a patch writes. `failing_since` is the adapter's to write: it stays as it is while the
 * machine goes on failing.
 */
export function credentialChanges({
  password,
  registered,
  authFailures,
  token,
  failing,
}: MachinePatch): CredentialChange[] {
  const changes: CredentialChange[] = []
  const set = (column: string, value: string | number | boolean | null) => changes.push({ column, value })
  const setInstant = (column: string, inMs: number | undefined, putColumn: string) =>
    changes.push(inMs === undefined ? { column, value: null } : { column, inMs: Math.round(inMs), putColumn })
  if (password !== undefined) set('password', password)
  if (registered) set('registered', true)
  if (authFailures !== undefined) set('auth_failures', authFailures)
  if (token !== undefined) {
    set('token', token?.value ?? null)
    set('token_scenarios', token ? JSON.stringify(token.scenarios) : null)
    setInstant('token_expires_at', token?.lifetimeMs, 'token_put_at')
  }
  if (failing !== undefined) {
    set('failing_reason', failing?.reason ?? null)
    set('failing_message', failing?.message ?? null)
    set('failing_count', failing?.count ?? 0)
    setInstant('failing_retry_at', failing?.retryAfterMs, 'failing_put_at')
  }
  return changes
}
