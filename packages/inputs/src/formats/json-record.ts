import { issuesOfSchema, lazily, parseJson } from '@cscapi/signals'
import * as z from 'zod'

/** A text that others may also write as a number, or not at all. */
export const text = lazily(() =>
  z
    .union([z.string(), z.number().transform(String)])
    .optional()
    .catch(undefined),
)

/** Texts, or none. */
export const texts = lazily(() => z.array(z.string()).catch([]))

/** Reads the object that a line holds, as the schema reads it; or, as text, why it holds none. */
export function readJsonRecord<Schema extends z.ZodType<object>>(
  line: string,
  schema: Schema,
): z.output<Schema> | string {
  const value = parseJson(line)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return 'it is no JSON object, or only part of one'
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue] = issuesOfSchema(schema, value) ?? []
  return `it is no record of this format: ${issue?.path} ${issue?.rule}`
}
