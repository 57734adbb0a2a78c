/** How a check went: `bad` has to be put right, `odd` is worth a look, `skipped` was not done. */
export type Verdict = 'ok' | 'odd' | 'bad' | 'skipped'

/** What one check found. */
export interface Finding {
  readonly check: string
  readonly verdict: Verdict
  /** What is there, in a few words. */
  readonly found: string
  /** What to do about it; absent where there is nothing to do. */
  readonly advice?: string
}

export const ok = (check: string, found: string): Finding => ({ check, verdict: 'ok', found })
export const skipped = (check: string, found: string): Finding => ({ check, verdict: 'skipped', found })
export const odd = (check: string, found: string, advice: string): Finding => ({ check, verdict: 'odd', found, advice })
export const bad = (check: string, found: string, advice: string): Finding => ({ check, verdict: 'bad', found, advice })

export const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
