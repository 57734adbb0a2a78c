/** One measured figure: ours, the baseline of the same run, and the goal for their ratio. */
export interface Figure {
  readonly name: string
  readonly ours: string
  readonly baseline: string
  readonly ratio: number
  /** What the ratio should be: at least, or at most. */
  readonly goal: { readonly atLeast: number } | { readonly atMost: number }
}

/** Prints a row, with a mark where the goal is missed. */
export function print({ name, ours, baseline, ratio, goal }: Figure): void {
  const isMet = 'atLeast' in goal ? ratio >= goal.atLeast : ratio <= goal.atMost
  const wanted = 'atLeast' in goal ? `>= ${goal.atLeast}` : `<= ${goal.atMost}`
  const row = [
    name.padEnd(44),
    ours.padStart(16),
    baseline.padStart(16),
    ratio.toFixed(2).padStart(7),
    wanted.padStart(9),
  ]
  process.stdout.write(`${row.join(' ')} ${isMet ? '' : '  MISSED'}\n`)
}

export function header(): void {
  const row = [
    'figure'.padEnd(44),
    'ours'.padStart(16),
    'baseline'.padStart(16),
    'ratio'.padStart(7),
    'goal'.padStart(9),
  ]
  process.stdout.write(`${row.join(' ')}\n`)
}

/** Milliseconds that the work took. */
export async function timed(work: () => Promise<unknown> | unknown): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

export const perSecond = (count: number, ms: number) => `${Math.round((count / ms) * 1_000).toLocaleString('en-US')}/s`

/** The middle one of several runs: single runs lie. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}
