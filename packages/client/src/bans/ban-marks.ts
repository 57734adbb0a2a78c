import { type StateStore, stateKeys } from '@cscapi/core'

const SUSPECT_MS = 24 * 3_600_000

/** A probe that is due: what it is about, and the version to withdraw it by. */
export interface DueProbe {
  /** The machine whose signals were answered 403, where it was signals. */
  readonly suspect: string | undefined
  readonly version: number
}

/** Notes for every process that one call has to show that the ban is over. */
export async function markProbeDue(store: StateStore, suspect: string | undefined): Promise<void> {
  await store.setState(stateKeys.banProbeDue, new TextEncoder().encode(suspect ?? ''))
}

export async function readDueProbe(store: StateStore): Promise<DueProbe | undefined> {
  const stored = await store.getState(stateKeys.banProbeDue)
  if (stored === undefined) return undefined
  return { suspect: new TextDecoder().decode(stored.value) || undefined, version: stored.version }
}

/** The probe was answered: from now on, signals of the suspect are suspected for a day. */
export async function markProbed(store: StateStore, { suspect, version }: DueProbe): Promise<void> {
  const mark = suspect === undefined ? undefined : new TextEncoder().encode(suspect)
  await store.setState(stateKeys.banSuspect, mark, { expiresInMs: SUSPECT_MS })
  await store.setState(stateKeys.banProbeDue, undefined, { ifVersion: version })
}

/** Whether the last ban began with this machine's signals. */
export async function isSuspect(store: StateStore, machineId: string): Promise<boolean> {
  const stored = await store.getState(stateKeys.banSuspect)
  return stored !== undefined && new TextDecoder().decode(stored.value) === machineId
}
