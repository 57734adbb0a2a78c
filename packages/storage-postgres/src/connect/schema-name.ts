import { InputError } from '@cscapi/core'

export const SCHEMA_RULE = 'must be 1 to 63 of letters, digits, "_" and "$", and not a digit first'

export function isSchemaName(schema: unknown): schema is string {
  return typeof schema === 'string' && /^[A-Za-z_][A-Za-z0-9_$]{0,62}$/.test(schema)
}

/** Gives the name as it stands in SQL. @throws InputError for one that is not plain */
export function quoteSchema(schema: string): string {
  if (isSchemaName(schema)) return `"${schema}"`
  throw new InputError('The schema cannot be used', [
    { path: 'schema', value: String(schema).slice(0, 200), rule: SCHEMA_RULE },
  ])
}
