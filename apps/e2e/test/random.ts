/** The seed of this run: `CSCAPI_TEST_SEED`, so that a failure can be repeated, or a new one. */
export function testSeed(): number {
  return Number(process.env.CSCAPI_TEST_SEED ?? Math.floor(Math.random() * 2 ** 31))
}

/** A small generator: numbers from 0 (inclusive) to 1, the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
