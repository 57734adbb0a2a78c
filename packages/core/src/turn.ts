import { setImmediate } from 'node:timers'

/**
 * Gives the event loop a turn: timers fire, answers are read, signals of the system are heard. A
 * loop whose steps only wait for promises that are settled already gives it none.
 */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
