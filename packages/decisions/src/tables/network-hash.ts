import { maskOf, type Words } from '@cscapi/signals'

/**
 * Differs from process to process: nobody can write a list whose entries all fall into the same
 * slots.
 */
const SEED = Math.floor(Math.random() * 2 ** 32)

/** The hash of a network, whose first word stands `at`; words may have more bits than the prefix. */
export function networkHash(words: Words, prefix: number, width: number, at = 0): number {
  let hash = Math.imul((SEED ^ prefix) + 1, 0x9e3779b1)
  for (let word = 0; word < width; word += 1) {
    hash = Math.imul(hash ^ ((words[at + word] ?? 0) & maskOf(prefix - 32 * word)), 0x85ebca6b)
    hash ^= hash >>> 15
  }
  return hash
}
