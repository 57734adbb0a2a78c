import type * as z from 'zod'
import { type Answer, invalidBody, type Problem } from './answer.js'

type Issue = z.core.$ZodIssue

/** Gives the value that a path of keys leads to, or `undefined`. */
function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined),
    value,
  )
}

/** Reads the body as the model types it, or gives the 400 it deserves. */
export function parseModel<Schema extends z.ZodType>(
  schema: Schema,
  body: unknown,
):
  | { readonly data: z.output<Schema>; readonly refusal?: undefined }
  | { readonly data?: undefined; readonly refusal: Answer } {
  const parsed = schema.safeParse(body)
  return parsed.success ? { data: parsed.data } : { refusal: invalidBody(toProblems(parsed.error.issues, body)) }
}

/**
 * Missing properties of one object are named together, as CAPI does. Values are never repeated:
 * they may be secrets.
 */
function toProblems(issues: readonly Issue[], body: unknown): Problem[] {
  const missing = new Map<string, string[]>()
  const others: Problem[] = []
  for (const issue of issues) {
    if (issue.code === 'invalid_type' && issue.path.length > 0 && valueAt(body, issue.path) === undefined) {
      const parent = pointerTo(issue.path.slice(0, -1))
      missing.set(parent, [...(missing.get(parent) ?? []), String(issue.path.at(-1))])
    } else {
      others.push({ pointer: pointerTo(issue.path), rule: ruleOf(issue, valueAt(body, issue.path)) })
    }
  }
  const absent = [...missing].map(([pointer, names]) => ({
    pointer,
    rule: `object has missing required properties (${JSON.stringify(names.sort())})`,
  }))
  return [...absent, ...others]
}

export function wrongType(value: unknown, allowed: readonly string[]): string {
  return `instance type (${typeName(value)}) does not match any allowed primitive type (allowed: ${JSON.stringify(allowed)})`
}

function ruleOf(issue: Issue, value: unknown): string {
  const length = typeof value === 'string' ? value.length : 0
  if (issue.code === 'invalid_type') return wrongType(value, allowedTypes(issue.expected))
  if (issue.code === 'too_small') return `string is too short (length: ${length}, required minimum: ${issue.minimum})`
  if (issue.code === 'too_big') return `string is too long (length: ${length}, maximum allowed: ${issue.maximum})`
  if (issue.code === 'invalid_format' && issue.format === 'regex')
    return `ECMA 262 regex "${issue.pattern?.replaceAll(/^\/|\/$/g, '')}" does not match input string`
  return issue.message
}

function allowedTypes(expected: string): string[] {
  if (expected === 'int') return ['integer']
  return expected === 'number' ? ['integer', 'number'] : [expected]
}

function typeName(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value
}

function pointerTo(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key)}`).join('')
}
