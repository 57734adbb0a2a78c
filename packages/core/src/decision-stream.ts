import {
  type AllowlistLink,
  allowlistLinkSchema,
  type BlocklistLink,
  blocklistLinkSchema,
  deletedDecisionsSchema,
  durationToMs,
  type InputIssue,
  issuesOfSchema,
  newDecisionsSchema,
  parseDuration,
  printable,
} from '@cscapi/signals'
import type { ZodType } from 'zod'

/** An address, a range or something else that CAPI wants kept out. */
export interface Decision {
  readonly value: string
  /** `Ip`, `Range`, `AS` and `Country` are spelled so, whatever the answer's case; others are left as they come. */
  readonly scope: string
  /** Why, usually a scenario. */
  readonly scenario: string
  /** As it came, a Go duration. */
  readonly duration: string
  /** Epoch milliseconds: when the answer was received, plus the duration. */
  readonly expiresAt: number
}

/** What CAPI takes back. */
export interface DeletedDecision {
  readonly value: string
  readonly scope: string
}

/**
 * One answer of the decision stream. It is neither a snapshot nor a delta: add `new`, remove `deleted`, and let the rest expire
 * (capi-protocol section 5.3).
 */
export interface DecisionStream {
  /** Epoch milliseconds. */
  readonly receivedAt: number
  readonly new: readonly Decision[]
  readonly deleted: readonly DeletedDecision[]
  readonly links: { readonly blocklists: readonly BlocklistLink[]; readonly allowlists: readonly AllowlistLink[] }
  /** Entries that could not be read; the others are not affected. */
  readonly skipped: readonly InputIssue[]
}

/** Reads an answer. Missing parts and nulls are nothing; an entry that cannot be read is skipped and told of. */
export function readDecisionStream(answer: object, receivedAt: number): DecisionStream {
  const skipped: InputIssue[] = []
  const parts: Record<string, unknown> = { ...answer }
  const links = typeof parts.links === 'object' && parts.links !== null ? { ...parts.links } : {}
  const list = <T>(path: string, value: unknown, schema: ZodType<T>) => readList(path, value, schema, skipped)
  return {
    receivedAt,
    new: list('new', parts.new, newDecisionsSchema).flatMap(({ item: { scenario, scope, decisions }, path }) =>
      decisions.flatMap(({ value, duration }, index): Decision[] => {
        const ns = parseDuration(duration)
        if (ns !== undefined) {
          return [{ value, scope: foldScope(scope), scenario, duration, expiresAt: receivedAt + durationToMs(ns) }]
        }
        const rule = 'must be a Go duration such as 3h59m55.7s'
        skipped.push({ path: `${path}.decisions[${index}].duration`, value: printable(duration), rule })
        return []
      }),
    ),
    deleted: list('deleted', parts.deleted, deletedDecisionsSchema).flatMap(({ item: { scope, decisions } }) =>
      decisions.map((value) => ({ value, scope: foldScope(scope) })),
    ),
    links: {
      blocklists: list(
        'links.blocklists',
        'blocklists' in links ? links.blocklists : undefined,
        blocklistLinkSchema,
      ).map(({ item }) => item),
      allowlists: list(
        'links.allowlists',
        'allowlists' in links ? links.allowlists : undefined,
        allowlistLinkSchema,
      ).map(({ item }) => item),
    },
    skipped,
  }
}

function readList<T>(
  path: string,
  value: unknown,
  schema: ZodType<T>,
  skipped: InputIssue[],
): { item: T; path: string }[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) {
    skipped.push({ path, value: printable(value), rule: 'must be a list' })
    return []
  }
  return value.flatMap((entry: unknown, index) => {
    const parsed = schema.safeParse(entry)
    if (parsed.success) return [{ item: parsed.data, path: `${path}[${index}]` }]
    skipped.push(...(issuesOfSchema(schema, entry, { root: `${path}[${index}]` }) ?? []))
    return []
  })
}

const SCOPES: ReadonlyMap<string, string> = new Map([
  ['ip', 'Ip'],
  ['range', 'Range'],
  ['as', 'AS'],
  ['country', 'Country'],
])

function foldScope(scope: string): string {
  return SCOPES.get(scope.toLowerCase()) ?? scope
}
