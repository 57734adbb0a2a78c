import type { Clock, StateStore } from '@cscapi/core'
import { LeaderPlace } from './leader-election.js'
import { type Job, repeatJob } from './repeat-job.js'

export interface SchedulerSettings {
  readonly state: StateStore
  readonly clock: Clock
  /** From 0 (inclusive) to 1. */
  readonly random: () => number
  /** How long the leader's place is held without being renewed, in milliseconds. */
  readonly leaderHoldMs: number
  /** The first wait after a failure, in milliseconds. */
  readonly retryMs: number
  readonly jobs: readonly Job[]
  readonly warn: (code: string, message: string, error?: unknown) => void
}

/**
 * Leads when the store has no leader, and stands by while it has one, until `ending` fires. Never
 * rejects: whatever goes wrong is a warning, and is tried again. Only the leader sends, pulls and
 * deletes, so batches are as full as they can be and nobody pulls twice.
 */
export async function runScheduler(settings: SchedulerSettings, ending: AbortSignal): Promise<void> {
  const { state, clock, random, leaderHoldMs, retryMs, warn } = settings
  const rest = (ms: number) => clock.sleep(Math.ceil(ms * (0.5 + random())), ending).catch(() => undefined)
  while (!ending.aborted) {
    const place = new LeaderPlace(state, leaderHoldMs)
    try {
      if (await place.take()) await lead(place, settings, ending)
      else await rest(leaderHoldMs / 2)
    } catch (error) {
      warn('scheduler_failed', 'The scheduler met trouble with the store; it goes on trying', error)
      await rest(Math.min(retryMs, leaderHoldMs))
    }
  }
}

async function lead(place: LeaderPlace, settings: SchedulerSettings, ending: AbortSignal): Promise<void> {
  const lost = new AbortController()
  const signals = { ending: AbortSignal.any([ending, lost.signal]), lost: lost.signal }
  const onFailure = (job: Job['name'], error: unknown) =>
    settings.warn(`${job}_failed`, `The scheduled ${job} failed; it is tried again later`, error)
  const jobs = settings.jobs.map((job) => repeatJob(job, { ...settings, onFailure }, signals))
  await keepPlace(place, settings, ending)
  if (!ending.aborted) {
    lost.abort()
    settings.warn('leader_lost', 'Another process may lead now; this one stands by')
  }
  await Promise.all(jobs)
  await place.leave()
}

/**
 * Renews the place until `ending` fires or it is lost. A store in trouble takes it away only when
 * the hold is over, or when a clock that was put back does not say.
 */
async function keepPlace(place: LeaderPlace, settings: SchedulerSettings, ending: AbortSignal): Promise<void> {
  const { clock, leaderHoldMs } = settings
  let renewedAt = clock.now()
  while (!ending.aborted) {
    await clock.sleep(Math.ceil(leaderHoldMs / 3), ending).catch(() => undefined)
    if (ending.aborted) return
    const isOurs = await place.renew().catch(() => undefined)
    if (isOurs === false) return
    const now = clock.now()
    if (isOurs === true) renewedAt = now
    else if (now < renewedAt || now - renewedAt >= leaderHoldMs) return
  }
}
