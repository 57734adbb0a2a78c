import type { CreateSignalInput } from '../create-signal/signal-input.js'
import type { SignalContext } from '../wire/context.js'
import type { Refusals } from './refusals.js'
import { textRule } from './text-rule.js'

/** Gives context as it goes on the wire; `undefined` when there is none. */
export function readContext(context: CreateSignalInput['context'], refusals: Refusals): SignalContext[] | undefined {
  if (context === undefined) return undefined
  // A Map or a Set has no keys of its own, and would come out empty.
  if (typeof context !== 'object' || context === null || (Symbol.iterator in context && !Array.isArray(context))) {
    refusals.refuse('context', context, 'must be an object of texts or a list of { key, value }')
    return undefined
  }
  return Array.isArray(context) ? readPairs(context, refusals) : readRecord(context, refusals)
}

const PAIR_KEYS = { key: true, value: true } satisfies Record<keyof SignalContext, true>

function readPairs(pairs: readonly (SignalContext | null)[], refusals: Refusals): SignalContext[] {
  const context: SignalContext[] = []
  // By position, since map passes over the holes of an array.
  for (const [index, pair] of pairs.entries()) {
    const path = `context[${index}]`
    if (typeof pair === 'object' && pair !== null) refusals.refuseUnknownKeys(pair, PAIR_KEYS, path)
    const [key, value] = [pair?.key, pair?.value]
    refusals.refuse(`${path}.key`, key, textRule(key))
    refusals.refuse(`${path}.value`, value, textRule(value))
    context.push({ key, value })
  }
  return context
}

/** A list as the value repeats its key. */
function readRecord(record: object, refusals: Refusals): SignalContext[] {
  const context: SignalContext[] = []
  for (const [key, given] of Object.entries(record) as [string, unknown][]) {
    const isList = Array.isArray(given)
    const keyRule = textRule(key)
    if (keyRule !== undefined) refusals.refuse(pathOf(key), key, keyRule)
    const values: readonly unknown[] = isList ? given : [given]
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index]
      const rule = textRule(value)
      if (rule !== undefined) refusals.refuse(isList ? `${pathOf(key)}[${index}]` : pathOf(key), value, rule)
      context.push({ key, value: value as string })
    }
  }
  return context
}

const pathOf = (key: string) => (/^\w+$/.test(key) ? `context.${key}` : `context[${JSON.stringify(key)}]`)
