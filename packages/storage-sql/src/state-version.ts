import { randomInt } from 'node:crypto'

/**
 * A state value's version, drawn at random, so that it does not come back after the key was
 * deleted.
 */
export function newStateVersion(): number {
  return randomInt(1, 2 ** 48 - 1)
}
