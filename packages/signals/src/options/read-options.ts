import type * as z from 'zod'
import { InputError } from '../errors.js'
import { type IssueOptions, issuesOfSchema } from './issues.js'

/**
 * Reads what a caller handed in as options. Give a `z.strictObject`, so that an unknown key is
 * refused with the one that was meant.
 *
 * @throws InputError `what` that lists everything that is wrong, in our words.
 */
export function readOptions<Schema extends z.ZodType>(
  what: string,
  schema: Schema,
  given: unknown,
  options: IssueOptions = {},
): z.output<Schema> {
  const parsed = schema.safeParse(given)
  if (parsed.success) return parsed.data
  throw new InputError(what, issuesOfSchema(schema, given, options) ?? [])
}
