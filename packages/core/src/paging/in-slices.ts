import { turn } from '../turn.js'

/**
 * Changes slice after slice until one is empty, so that no call holds the store for long, and
 * returns how much was changed. `change` is told how much was before it; 0 ends it.
 */
export async function inSlices(change: (count: number) => Promise<number>): Promise<number> {
  let count = 0
  for (let slice = 1; slice > 0; count += slice) {
    await turn()
    slice = await change(count)
  }
  return count
}
