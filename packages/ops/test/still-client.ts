import { DecisionSet } from '@cscapi/decisions'
import type { OpsClient } from '../src/options.js'

/** A client of which nothing is heard, on an empty store: for what is about requests alone. */
export function stillClient(parts: Partial<OpsClient> = {}): OpsClient {
  return {
    isStarted: () => true,
    on: () => () => undefined,
    async *machines() {},
    blocklistSources: async () => ({ pulledAt: undefined, nextPullInMs: 0, sources: [] }),
    decisions: async () => new DecisionSet(),
    prometheus: async () => '',
    purgeRejected: async () => 0,
    requeueRejected: async () => 0,
    reviveMachines: async () => 0,
    signalPage: async () => ({ signals: [], next: undefined }),
    stats: async () => ({
      pending: 0,
      leased: 0,
      sent: 0,
      rejected: 0,
      machines: 0,
      failing: 0,
      oldestPendingAt: undefined,
      pausedUntil: undefined,
      pauseReason: undefined,
    }),
    ...parts,
  }
}

/** A clock that stands still until it is moved; nobody who sleeps wakes up. */
export function stillClock(at = 1_700_000_000_000) {
  let now = at
  const sleep = (_: number, signal?: AbortSignal) =>
    new Promise<void>((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  return {
    now: () => now,
    sleep,
    advance: (ms: number) => {
      now += ms
    },
  }
}
