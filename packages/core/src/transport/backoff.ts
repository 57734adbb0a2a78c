/** Doubles `firstMs` with each attempt, up to `mostMs`. */
export function growingDelay(firstMs: number, attempts: number, mostMs: number): number {
  return Math.min(firstMs * 2 ** Math.min(attempts, 30), mostMs)
}

/** Takes half to all of a time, so that many who wait for it do not come back at once. */
export function halfToAll(ms: number, random: number): number {
  return ms * (0.5 + random / 2)
}
