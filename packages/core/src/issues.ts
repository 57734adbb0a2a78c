import { type InputIssue, printable } from '@cscapi/signals'
import type { ZodError } from 'zod'

/** What zod found, as issues with the values that broke the rules. `root` is put before each path. */
export function issuesOf(error: ZodError, input: unknown, root = ''): InputIssue[] {
  return error.issues.map((issue) => {
    const value = issue.path.reduce<unknown>((at, key) => (isIndexable(at) ? at[key] : undefined), input)
    return { path: pathText(root, issue.path), value: printable(value), rule: issue.message }
  })
}

function pathText(root: string, path: readonly PropertyKey[]): string {
  const text = path.reduce<string>(
    (so, key) => (typeof key === 'number' ? `${so}[${key}]` : `${so}.${String(key)}`),
    root,
  )
  return text.replace(/^\./, '')
}

function isIndexable(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null
}
