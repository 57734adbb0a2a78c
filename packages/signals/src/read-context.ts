import type { SignalContext } from './context.js'
import type { CreateSignalInput } from './create-signal.js'
import type { Refuse } from './errors.js'
import { textRule } from './text.js'

/** Context as it goes on the wire; `undefined` when there is none. */
export function readContext(context: CreateSignalInput['context'], refuse: Refuse): SignalContext[] | undefined {
  if (context === undefined) return undefined
  if (typeof context !== 'object' || context === null) {
    refuse('context', context, 'must be an object of texts or a list of { key, value }')
    return undefined
  }
  const pairs: SignalContext[] = []
  const add = (path: string, key: unknown, value: unknown) => {
    const rules = [
      ['key', key],
      ['value', value],
    ] as const
    for (const [part, text] of rules) {
      const rule = typeof text === 'string' ? textRule(text) : 'must be text'
      if (rule !== undefined) refuse(Array.isArray(context) ? `${path}.${part}` : path, text, rule)
    }
    if (typeof key === 'string' && typeof value === 'string') pairs.push({ key, value })
  }
  if (Array.isArray(context)) {
    context.forEach((pair: SignalContext | null, index) => {
      add(`context[${index}]`, pair?.key, pair?.value)
    })
    return pairs
  }
  for (const [key, value] of Object.entries(context)) {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) add(`context.${key}[${index}]`, key, item)
    else add(`context.${key}`, key, value)
  }
  return pairs
}
