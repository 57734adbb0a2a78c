import { setTimeout as sleep } from 'node:timers/promises'
import { isBusy } from '../errors.js'

/** Longest wait between two tries while another process holds the lock, in milliseconds. */
const RETRY_MS = 5

/**
 * Repeats `work` while another connection holds the database, without blocking the event loop.
 * After `timeoutMs`, throws what it threw last.
 */
export async function waitWhileBusy<T>(work: () => Promise<T>, timeoutMs: number): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error
      await sleep(1 + Math.random() * RETRY_MS)
    }
  }
}
