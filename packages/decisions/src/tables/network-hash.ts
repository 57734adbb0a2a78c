import { maskOf, type Words } from '@cscapi/signals'

const random = () => Math.floor(Math.random() * 2 ** 32)

/**
 * Both differ from process to process: nobody can write a list whose entries all fall into the same
 * slots.
 */
const SEED = random()
const MULTIPLIER = random() | 1

/**
 * The hash of a network, whose first word stands `at`; words may have more bits than the prefix.
 * Networks of one word and one prefix have the same hash only if they are the same: each step can
 * be undone.
 */
export function networkHash(words: Words, prefix: number, width: number, at = 0): number {
  let hash = mixed(Math.imul((SEED ^ prefix) + 1, 0x9e3779b1), (words[at] ?? 0) & maskOf(prefix))
  for (let word = 1; word < width; word += 1) {
    hash = mixed(hash, (words[at + word] ?? 0) & maskOf(prefix - 32 * word))
  }
  return Math.imul(hash, MULTIPLIER)
}

function mixed(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x85ebca6b)
  return product ^ (product >>> 15)
}

/** The hash of what addresses that are near to each other share; its upper bits tell the most. */
export function neighbourHash(shared: number): number {
  return Math.imul(shared ^ SEED, MULTIPLIER)
}
