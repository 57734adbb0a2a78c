import { InputError, printable } from '@cscapi/signals'
import type { z } from 'zod'

/** Below these an option holds passwords and keys. */
const SECRET = new Set<PropertyKey | undefined>(['machines', 'attachmentKeys'])

/** @throws InputError naming every value that breaks a rule */
export function parseInput<Schema extends z.ZodType>(what: string, schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new InputError(
    what,
    parsed.error.issues.map(({ path, message }) => ({
      path: path.reduce<string>(joinPath, '') || 'value',
      value: SECRET.has(path[0]) ? '[redacted]' : printable(valueAt(value, path)),
      rule: message.replace(/^Invalid input: /, ''),
    })),
  )
}

/** The value that a path of keys leads to, or `undefined`. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), value)
}

function joinPath(path: string, key: PropertyKey): string {
  if (typeof key === 'number') return `${path}[${key}]`
  return path === '' ? String(key) : `${path}.${String(key)}`
}
