import { abortSignalSchema, SECRET_OPTIONS } from '@cscapi/core'
import { CLIENT_NAMES, lazily, readOptions } from '@cscapi/signals'
import * as z from 'zod'

/**
 * Reads what a call was given; whatever is not known to it is refused. @throws InputError `what`
 * that lists everything that is wrong.
 */
export function readCall<Schema extends z.ZodType>(
  what: string,
  schema: () => Schema,
  given: unknown,
): z.output<Schema> {
  return readOptions(what, schema(), given, { aliases: CLIENT_NAMES, secrets: SECRET_OPTIONS })
}

/**
 * Holds a schema to its options: a field that is new in the options of a call has to be in its
 * schema, too.
 */
export type Fields<Options> = Record<keyof Options, z.ZodType>

/** What several calls take. */
export const fields = {
  signal: () => abortSignalSchema.optional(),
  flag: () => z.boolean().optional(),
  /** Whether it is one of CAPI's is for the call to say, which knows `allowLongMachineIds`. */
  machineId: () => z.string().min(1),
  ageMs: () => z.int().min(0).max(Number.MAX_SAFE_INTEGER),
} as const

/** Of calls that take nothing else. */
export const onlySignal = lazily(() => z.strictObject({ signal: fields.signal() }))

/** Text is iterable too, and never what a call wants. */
export function isIterable(value: unknown): value is object {
  return typeof value === 'object' && value !== null && (Symbol.iterator in value || Symbol.asyncIterator in value)
}
