import type { InputIssue, Refuse } from '../errors.js'
import { unknownKeyIssues } from '../options/unknown-keys.js'
import type { SignalContext } from '../wire/context.js'
import type { CreateSignalInput } from './create-signal.js'
import { textRule } from './text.js'

/** Context as it goes on the wire; `undefined` when there is none. */
export function readContext(
  context: CreateSignalInput['context'],
  refuse: Refuse,
  add: (issues: readonly InputIssue[]) => void,
): SignalContext[] | undefined {
  if (context === undefined) return undefined
  // A Map or a Set has no keys of its own, and would come out empty.
  if (typeof context !== 'object' || context === null || (Symbol.iterator in context && !Array.isArray(context))) {
    refuse('context', context, 'must be an object of texts or a list of { key, value }')
    return undefined
  }
  return Array.isArray(context) ? readPairs(context, refuse, add) : readRecord(context, refuse)
}

const PAIR_KEYS = new Set(['key', 'value'])

function readPairs(
  pairs: readonly (SignalContext | null)[],
  refuse: Refuse,
  add: (issues: readonly InputIssue[]) => void,
): SignalContext[] {
  return pairs.map((pair, index) => {
    if (typeof pair === 'object' && pair !== null) {
      add(unknownKeyIssues(pair, PAIR_KEYS, { path: `context[${index}]` }))
    }
    return {
      key: readText(`context[${index}].key`, pair?.key, refuse),
      value: readText(`context[${index}].value`, pair?.value, refuse),
    }
  })
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
