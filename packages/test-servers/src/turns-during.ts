import { setImmediate as nextTurn } from 'node:timers/promises'

/**
 * Counts the turns that the event loop had while `work` ran. A store in memory answers at once and
 * gives none by itself.
 */
export async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0
  let isOver = false
  const counting = (async () => {
    while (!isOver) {
      await nextTurn()
      turns += 1
    }
  })()
  await work()
  const counted = turns
  isOver = true
  await counting
  return counted
}
