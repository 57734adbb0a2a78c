import { randomInt } from 'node:crypto'

/**
 * Draws a state value's version at random, so that it does not come back after the key was deleted.
 */
export function newStateVersion(): number {
  return randomInt(1, 2 ** 48 - 1)
}
