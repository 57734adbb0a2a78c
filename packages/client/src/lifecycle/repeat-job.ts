import { type Clock, growingDelay, halfToAll, retryAfterOf, type StateStore, stateKeys } from '@cscapi/core'

/** Something that the leader does again and again, never twice at once. */
export interface Job {
  readonly name: 'send' | 'pull' | 'retention'
  /** Milliseconds from one start to the next; up to 10 % more, by chance. */
  readonly everyMs: number
  /** Whether a run that was broken off is taken up again at once by whoever leads next. */
  readonly resumes: boolean
  /**
   * `lost` fires when another process leads: break off. May say that it came too early, and in how
   * many milliseconds it is due.
   */
  readonly run: (lost: AbortSignal) => Promise<number | undefined>
}

export interface JobSettings {
  readonly state: StateStore
  readonly clock: Clock
  /** From 0 (inclusive) to 1. */
  readonly random: () => number
  /**
   * The first wait after a failure; doubles with each in a row, up to the job's own interval. In
   * milliseconds.
   */
  readonly retryMs: number
  readonly onFailure: (job: Job['name'], error: unknown) => void
}

/** Timers hold no more than 24.8 days, and a mark may be taken away. */
const LONGEST_SLEEP_MS = 3_600_000
const MARK = new TextEncoder().encode('not due')

/**
 * Runs a job whenever it is due, until `ending` fires.
 * While it is not due there is a mark in the store, which runs out: so neither a restart nor
 * another leader makes it come earlier.
 */
export async function repeatJob(
  job: Job,
  settings: JobSettings,
  { ending, lost }: { ending: AbortSignal; lost: AbortSignal },
): Promise<void> {
  const { state, clock, random } = settings
  const key = stateKeys.schedulerJob(job.name)
  let failures = 0
  while (!ending.aborted) {
    let mark: number | undefined
    try {
      await untilDue(key, settings, ending)
      // Before the run, so that a process that dies of it does not do it again and again.
      mark = await state.setState(key, MARK, { expiresInMs: Math.ceil(job.everyMs * (1 + random() / 10)) })
      const dueInMs = await job.run(lost)
      failures = 0
      if (dueInMs !== undefined && mark !== undefined) await moveMark(state, key, mark, Math.ceil(dueInMs))
    } catch (error) {
      if (ending.aborted && mark === undefined) return
      if (!ending.aborted) settings.onFailure(job.name, error)
      failures += 1
      const delayMs = halfToAll(growingDelay(settings.retryMs, failures - 1, job.everyMs), random())
      const waitMs = Math.ceil(Math.max(delayMs, retryAfterOf(error)))
      if (mark === undefined) await clock.sleep(waitMs, ending).catch(() => undefined)
      else await moveMark(state, key, mark, ending.aborted && job.resumes ? 0 : waitMs).catch(() => undefined)
    }
  }
}

/** @throws what `clock.sleep` rejects with when `ending` fires; StorageError */
async function untilDue(key: string, { state, clock }: JobSettings, ending: AbortSignal): Promise<void> {
  for (let mark = await state.getState(key); mark !== undefined; mark = await state.getState(key)) {
    const remainingMs = Math.ceil(mark.expiresInMs ?? LONGEST_SLEEP_MS)
    await clock.sleep(Math.min(Math.max(remainingMs, 1), LONGEST_SLEEP_MS), ending)
  }
  ending.throwIfAborted()
}

/** 0 takes it away. Another leader's mark stays as it is. */
function moveMark(state: StateStore, key: string, mark: number, forMs: number): Promise<number | undefined> {
  if (forMs === 0) return state.setState(key, undefined, { ifVersion: mark })
  return state.setState(key, MARK, { ifVersion: mark, expiresInMs: forMs })
}
