/** One measured figure: ours, the baseline of the same run, and the goal for their ratio. */
export interface Figure {
  readonly name: string
  readonly ours: string
  readonly baseline: string
  /** Ours for each of the baseline; with a unit, ours beyond the baseline. */
  readonly ratio: number
  readonly unit?: 'ms' | undefined
  /** What that should be: at least, or at most. */
  readonly goal: { readonly atLeast: number } | { readonly atMost: number }
}

/** Milliseconds that the work took. */
export async function timed(work: () => Promise<unknown> | unknown): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

/** The middle one of several runs: single runs lie. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
