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
  return Array.isArray(context) ? readPairs(context, refuse) : readRecord(context, refuse)
}

function readPairs(pairs: readonly (SignalContext | null)[], refuse: Refuse): SignalContext[] {
  return pairs.map((pair, index) => ({
    key: readText(`context[${index}].key`, pair?.key, refuse),
    value: readText(`context[${index}].value`, pair?.value, refuse),
  }))
}

/** A list as the value repeats its key. */
function readRecord(record: object, refuse: Refuse): SignalContext[] {
  return Object.entries(record).flatMap(([name, given]: [string, unknown]) => {
    const path = /^\w+$/.test(name) ? `context.${name}` : `context[${JSON.stringify(name)}]`
    const key = readText(path, name, refuse)
    if (!Array.isArray(given)) return [{ key, value: readText(path, given, refuse) }]
    return given.map((item, index) => ({ key, value: readText(`${path}[${index}]`, item, refuse) }))
  })
}

function readText(path: string, value: unknown, refuse: Refuse): string {
  const rule = textRule(value)
  if (rule !== undefined) refuse(path, value, rule)
  return typeof value === 'string' ? value : ''
}
