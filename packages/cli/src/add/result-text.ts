import type { AddResult } from '@cscapi/client'
import { count, counted } from '../output/numbers.js'

/** What became of signals, in a sentence that leaves out what did not happen. */
export function addResultText({ added, duplicates, filtered, repeated, dropped }: AddResult): string {
  const parts = [
    `${counted(added, 'signal')} added`,
    ...(duplicates > 0 ? [`${count(duplicates)} in the store already`] : []),
    ...(repeated > 0 ? [`${counted(repeated, 'repeat')} left out`] : []),
    ...(filtered > 0 ? [`${count(filtered)} left out for their address`] : []),
    ...(dropped > 0 ? [`${count(dropped)} older ones dropped to make room`] : []),
  ]
  return parts.join(', ')
}
