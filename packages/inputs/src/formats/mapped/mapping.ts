import { InputError, lazily, printable, readOptions, scenarioRule } from '@cscapi/signals'
import * as z from 'zod'
import type { FieldPath } from './field-path.js'
import { MAPPED_TIMES, type MappedTime } from './mapped-time.js'

/** Of which records a signal is made. All that is given must hold. */
export interface FieldCondition {
  readonly field: FieldPath
  readonly in?: readonly string[] | undefined
  readonly matches?: RegExp | undefined
  readonly exists?: boolean | undefined
}

/** What stands where in records of one's own. */
export interface Mapping {
  readonly source: FieldPath
  readonly hasPort: boolean
  readonly time: MappedTime
  readonly end: MappedTime | undefined
  readonly scenario: { readonly field: FieldPath; readonly names: ReadonlyMap<string, string> } | string
  readonly events: FieldPath | undefined
  readonly context: ReadonlyMap<string, FieldPath>
  readonly where: readonly FieldCondition[]
  /** How many records make an attack; without it each is one. */
  readonly bucket:
    | { readonly capacity: number; readonly leakMs: number; readonly distinct?: FieldPath | undefined }
    | undefined
}

const scenarioName = z
  .string()
  .refine((name) => scenarioRule(name) === undefined, 'must be a scenario name vendor/name')
const pattern = z
  .string()
  .max(1_000)
  .refine((text) => patternOf(text) !== undefined, 'must be a regular expression')

function schemaOf(field: z.ZodType<FieldPath>) {
  const time = z.union([
    z.strictObject({ field, format: z.enum(MAPPED_TIMES), zone: z.enum(['utc', 'host']).optional() }),
    field.transform((only) => ({ field: only, format: 'rfc3339' as const, zone: undefined })),
  ])
  const is = z.union([z.string(), z.number(), z.boolean()]).transform(String)
  return z.strictObject({
    source: field,
    address: z.enum(['address', 'address:port']).default('address'),
    time,
    end: time.optional(),
    scenario: z.union([scenarioName, z.strictObject({ field, names: z.record(z.string(), scenarioName) })]),
    events: field.optional(),
    context: z.record(z.string().min(1), field).default({}),
    where: z
      .array(
        z.strictObject({
          field,
          is: is.optional(),
          in: z.array(is).optional(),
          matches: pattern.optional(),
          exists: z.boolean().optional(),
        }),
      )
      .default([]),
    bucket: z
      .strictObject({
        capacity: z.int().min(0).max(1_000_000),
        leakMs: z.int().min(1).max(86_400_000),
        distinct: field.optional(),
      })
      .optional(),
  })
}

const column = lazily(() =>
  z
    .string()
    .min(1)
    .transform((name): FieldPath => [name]),
)
const path = lazily(() =>
  z.union([
    z.array(z.string().min(1)).min(1),
    z
      .string()
      .refine(
        (text) => pathOf(text) !== undefined,
        'must be a path such as a.b, with "a.b" in quotes for a name with dots',
      )
      .transform((text) => pathOf(text) ?? []),
  ]),
)

export const columnMapping = lazily(() => schemaOf(column()))
export const pathMapping = lazily(() => schemaOf(path()))

const ALIASES = new Map([
  ['ip', 'source'],
  ['timestamp', 'time'],
  ['start', 'time'],
  ['stop', 'end'],
  ['filter', 'where'],
  ['count', 'events'],
])
const WHAT = 'The input cannot be read'

/** @throws InputError that names everything that is wrong */
export function parseMapping<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  if (given !== undefined) return readOptions(WHAT, schema, given, { root: 'mapping', aliases: ALIASES })
  const rule = 'must say what stands where: { source, time, scenario }'
  throw new InputError(WHAT, [{ path: 'mapping', value: printable(given), rule }])
}

export function mappingOf(parsed: z.output<ReturnType<typeof pathMapping>>): Mapping {
  const { source, address, time, end, scenario, events, context, where, bucket } = parsed
  return {
    hasPort: address === 'address:port',
    ...{ source, time, end, events, bucket },
    scenario:
      typeof scenario === 'string'
        ? scenario
        : { field: scenario.field, names: new Map(Object.entries(scenario.names)) },
    context: new Map(Object.entries(context)),
    where: where.map(({ field, is, in: list, matches, exists }) => ({
      field,
      in: is === undefined ? list : [...(list ?? []), is],
      matches: matches === undefined ? undefined : patternOf(matches),
      exists,
    })),
  }
}

function patternOf(text: string): RegExp | undefined {
  try {
    return new RegExp(text, 'u')
  } catch {
    return undefined
  }
}

/** `a."b.c".d` as names; `undefined` for what is no path. */
function pathOf(text: string): FieldPath | undefined {
  const names: string[] = []
  const part = /(?:"([^"]+)"|([^".]+))(\.|$)/y
  for (let last = '.'; last === '.'; ) {
    const found = part.exec(text)
    if (found === null) return undefined
    names.push(found[1] ?? found[2] ?? '')
    last = found[3] ?? ''
  }
  return part.lastIndex === 0 || part.lastIndex === text.length ? names : undefined
}
