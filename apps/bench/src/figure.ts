/** One measured figure: ours, the baseline of the same run, and the goal for their ratio. */
export interface Figure {
  readonly name: string
  readonly ours: string
  readonly baseline: string
  readonly ratio: number
  /** What the ratio should be: at least, or at most. */
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
