import { parseJson } from '@cscapi/signals'
import type { ZodType } from 'zod'
import { assertStateStore, type StateStore, type StateValue } from './state-store.js'

/**
 * A state value that we wrote as JSON. `value` is `undefined` where it cannot be read: damaged, or
 * another program's.
 */
export interface JsonStateValue<T> extends Omit<StateValue, 'value'> {
  /** What was stored, parsed and checked. */
  readonly value: T | undefined
}

/** Reads what {@link toJsonState} made; `undefined` where the key has no value. */
export async function getJsonState<T>(
  state: StateStore,
  key: string,
  schema: ZodType<T>,
): Promise<JsonStateValue<T> | undefined> {
  assertStateStore('Nothing was read', state)
  const stored = await state.getState(key)
  return stored && { ...stored, value: schema.safeParse(parseJson(new TextDecoder().decode(stored.value))).data }
}

/** Writes a value as the text of a state. */
export function toJsonState(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}
