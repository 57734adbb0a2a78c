import { InputError, printable } from '@cscapi/signals'
import type { z } from 'zod'

type Issue = z.core.$ZodIssue

/** Below these an option holds passwords and keys. */
const SECRET = new Set<PropertyKey | undefined>(['machines', 'attachmentKeys'])

/** @throws InputError naming every value that breaks a rule */
export function parseInput<Schema extends z.ZodType>(what: string, schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const broken = parsed.error.issues.flatMap((issue) => brokenRules(issue))
  throw new InputError(
    what,
    broken.map(({ path, rule }) => ({
      path: path.reduce<string>(joinPath, '') || 'value',
      value: SECRET.has(path[0]) ? '[redacted]' : printable(valueAt(value, path)),
      rule,
    })),
  )
}

/** The value that a path of keys leads to, or `undefined`. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    value,
  )
}

interface BrokenRule {
  readonly path: readonly PropertyKey[]
  readonly rule: string
}

function brokenRules(issue: Issue, parent: readonly PropertyKey[] = []): BrokenRule[] {
  const path = [...parent, ...issue.path]
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], rule: 'is not known here' }))
  if (issue.code === 'invalid_union') {
    // The alternative that got furthest is the one that was meant: a list with one bad entry, not a failed number.
    const meant = issue.errors.toSorted((a, b) => depth(b) - depth(a))[0]
    if (meant !== undefined) return meant.flatMap((inner) => brokenRules(inner, path))
  }
  return [{ path, rule: issue.message.replace(/^Invalid input: /, '') }]
}

function depth(issues: readonly Issue[]): number {
  return Math.max(0, ...issues.map(({ path }) => path.length))
}

function joinPath(path: string, key: PropertyKey): string {
  if (typeof key === 'number') return `${path}[${key}]`
  return path === '' ? String(key) : `${path}.${String(key)}`
}
