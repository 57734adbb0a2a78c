import { lazily, scenarioRule } from '@cscapi/signals'
import * as z from 'zod'

/** A scenario that `createSignal` refuses can be in no signal either. */
export const scenariosSchema = lazily(() =>
  z.array(z.string().refine((name) => nameRule(name) === undefined, { error: ({ input }) => nameRule(input) })).min(1),
)

/** Says which rule a name breaks, and which name may have been meant. */
function nameRule(name: unknown): string | undefined {
  const rule = scenarioRule(name)
  const guess = `crowdsecurity/${String(name)}`
  if (rule === undefined || scenarioRule(guess) !== undefined) return rule
  return `${rule}; did you mean ${guess}, or your own vendor's name before it?`
}
