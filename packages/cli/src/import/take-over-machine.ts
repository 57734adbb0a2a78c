import { type Machine, type MachinePatch, type MachineStore, readTokenClaims, tokenFlaw } from '@cscapi/core'
import type { ImportedMachine, MachineOutcome } from './report.js'
import type { SourceMachine } from './source.js'

/** A machine that another client gave up is tried again after an hour, or when it is revived. */
const FAILING_MS = 3_600_000
/** No token is believed to live longer, in milliseconds. */
const LONGEST_TOKEN_MS = 366 * 24 * 3_600_000

export interface TakeOver {
  /** Hands out passwords in clear. */
  readonly store: MachineStore
  /** Epoch milliseconds. */
  readonly now: number
  /** False for a dry run. */
  readonly apply: boolean
}

/**
 * Stores a machine as registered, with its own password, so that it logs in and is never registered
 * anew. What the store knows already counts: a password is never replaced, and a machine that is
 * registered there stays as it is.
 */
export async function takeOverMachine(
  machine: SourceMachine,
  { store, now, apply }: TakeOver,
): Promise<ImportedMachine> {
  const { machineId, password, row, scenarios, failing } = machine
  const lifetimeMs = tokenLeftMs(machine.token, now)
  const known = await store.getMachine(machineId)
  let outcome = outcomeOf(known, password)
  if (apply && outcome === 'added') {
    const won = await store.createMachine({ machineId, password })
    if (won.password !== password) outcome = 'conflict'
  }
  if (apply && (outcome === 'added' || outcome === 'completed')) {
    const patch: MachinePatch = {
      registered: true,
      ...(machine.token !== undefined &&
        lifetimeMs !== undefined && { token: { value: machine.token, scenarios, lifetimeMs } }),
      ...(failing !== undefined && {
        failing: {
          reason: 'machine_refused' as const,
          message: `marked as failing by ${failing}, which keeps no reason`,
          count: 1,
          retryAfterMs: FAILING_MS,
        },
      }),
    }
    await store.updateMachine(machineId, patch)
  }
  const isTaken = outcome === 'added' || outcome === 'completed'
  const tokenUntil = isTaken && lifetimeMs !== undefined ? new Date(now + lifetimeMs).toISOString() : undefined
  return { machineId, row, outcome, tokenUntil, failing: isTaken && failing !== undefined, scenarios }
}

function outcomeOf(known: Machine | undefined, password: string): MachineOutcome {
  if (known === undefined) return 'added'
  if (known.password !== password) return 'conflict'
  return known.registered ? 'unchanged' : 'completed'
}

/** Milliseconds until a token ends; `undefined` for one that is of no use. */
function tokenLeftMs(token: string | undefined, now: number): number | undefined {
  if (token === undefined || tokenFlaw(token) !== undefined) return undefined
  const { exp } = readTokenClaims(token)
  if (exp === undefined || exp * 1_000 <= now) return undefined
  return Math.min(Math.round(exp * 1_000 - now), LONGEST_TOKEN_MS)
}
