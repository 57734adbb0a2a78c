import type { ZodType } from 'zod'

/**
 * Gives what a schema reads in a value, or `undefined`. `texts` are names that it asks for as text:
 * what lacks one of them is not shown to the schema, which would say no as well, a hundred times
 * slower. An answer has room for ten million such values.
 */
export function readFields<T>(schema: ZodType<T>, texts: readonly string[], value: unknown): T | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const isComplete = texts.every((name) => Object.hasOwn(value, name) && typeof Reflect.get(value, name) === 'string')
  return isComplete ? schema.safeParse(value).data : undefined
}
