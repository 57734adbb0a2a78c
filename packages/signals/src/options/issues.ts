import type * as z from 'zod'
import type { InputIssue } from '../errors.js'
import { printable } from '../printable/printable.js'
import { ruleOf } from './rule.js'
import type { KeyAliases } from './suggest-key.js'
import { MOST_SUGGESTIONS, unknownKeyIssue } from './unknown-keys.js'

/** How issues are named and shown. */
export interface IssueOptions {
  /** Put before each path. */
  readonly root?: string
  /** Other names for a key that is not known, and the one that is meant. */
  readonly aliases?: KeyAliases | undefined
  /** Top-level keys below which nothing is shown: passwords, keys, URLs with credentials. */
  readonly secrets?: ReadonlySet<string>
}

/** The path of what has no name of its own. */
const NOWHERE = 'value'

type ZodIssue = z.core.$ZodIssue

/**
 * Gives everything that zod finds wrong with `input`, in our words: where, what was given, which
 * rule it breaks. `undefined` where nothing is. Of options that were not given at all, the required
 * ones are named.
 */
export function issuesOfSchema(
  schema: z.ZodType,
  input: unknown,
  options: IssueOptions = {},
): InputIssue[] | undefined {
  const issues = findIssues(schema, input, options)
  if (issues === undefined || input !== undefined || options.root !== undefined) return issues
  const missing = findIssues(schema, {}, options) ?? []
  const areOptions = missing.length > 0 && missing.every(({ path }) => path !== NOWHERE)
  return areOptions ? missing : issues
}

function findIssues(schema: z.ZodType, input: unknown, options: IssueOptions): InputIssue[] | undefined {
  const known = new Map<string, readonly string[]>()
  const parsed = schema.safeParse(input, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') known.set(keyOf(issue.path ?? []), keysOf(issue.inst))
      return ruleOf(issue)
    },
  })
  if (parsed.success) return undefined
  return parsed.error.issues.flatMap((issue) => issuesOf(issue, input, [], known, options))
}

function issuesOf(
  issue: ZodIssue,
  input: unknown,
  parent: readonly PropertyKey[],
  known: ReadonlyMap<string, readonly string[]>,
  options: IssueOptions,
): InputIssue[] {
  const { root = '', aliases, secrets } = options
  const path = [...parent, ...issue.path]
  if (issue.code === 'unrecognized_keys') {
    const names = known.get(keyOf(path)) ?? known.get(keyOf(issue.path)) ?? []
    const at = pathText(root, path)
    return issue.keys.map((key, index) => unknownKeyIssue(key, index < MOST_SUGGESTIONS ? names : [], at, aliases))
  }
  if (issue.code === 'invalid_union') {
    // The alternative that got furthest is the one that was meant: a list with one bad entry, not a
    // failed number.
    const meant = issue.errors.toSorted((a, b) => depth(b) - depth(a))[0]
    if (meant !== undefined && depth(meant) > 0) {
      return meant.flatMap((inner) => issuesOf(inner, input, path, known, options))
    }
  }
  const isSecret = secrets?.has(String(path[0])) === true
  return [
    {
      path: pathText(root, path) || NOWHERE,
      value: isSecret ? '[redacted]' : printable(valueAt(input, path)),
      rule: issue.message,
    },
  ]
}

const keyOf = (path: readonly PropertyKey[]) => JSON.stringify(path.map(String))

function keysOf(schema: unknown): readonly string[] {
  const def = (schema as { _zod?: { def?: { shape?: object } } } | undefined)?._zod?.def
  return Object.keys(def?.shape ?? {})
}

function depth(issues: readonly ZodIssue[]): number {
  return Math.max(0, ...issues.map(({ path }) => path.length))
}

function pathText(root: string, path: readonly PropertyKey[]): string {
  const text = path.reduce<string>(
    (so, key) => (typeof key === 'number' ? `${so}[${key}]` : `${so}.${String(key)}`),
    root,
  )
  return text.replace(/^\./, '')
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined),
    value,
  )
}
