import { deletedDecisionsSchema, durationToMs, newDecisionsSchema, parseDuration } from '@cscapi/signals'
import * as z from 'zod'
import type { Decision, DecisionStream, DeletedDecision } from './decision-stream.js'
import { GroupedEntries } from './grouped-entries.js'
import { Links } from './links.js'
import { readFields } from './read-fields.js'
import { SkippedEntries } from './skipped-entries.js'
import { keyAt, StreamedJson } from './streamed-json.js'

/**
 * Reads an answer while it comes, in memory that grows with what is kept alone. Missing parts and
 * nulls are nothing; an entry that cannot be read is skipped and counted.
 *
 * @throws UnreadableJsonError when the answer is no JSON object, or has no end.
 */
export async function readDecisionStream(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  receivedAt: number,
): Promise<DecisionStream> {
  const skipped = new SkippedEntries()
  const added = new GroupedEntries(
    {
      name: 'new',
      group: newDecisionsSchema.transform(({ scope, scenario }) => ({ scope: foldScope(scope), scenario })),
      entry: decisionSchema,
      read: readDecision,
      keep: ({ value, duration, ms }, { scope, scenario }): Decision => ({
        value,
        scope,
        scenario,
        duration,
        expiresAt: receivedAt + ms,
      }),
    },
    skipped,
  )
  const deleted = new GroupedEntries(
    {
      name: 'deleted',
      group: deletedDecisionsSchema.transform(({ scope }) => ({ scope: foldScope(scope) })),
      entry: z.string(),
      read: (value) => (typeof value === 'string' ? value : undefined),
      keep: (value, { scope }): DeletedDecision => ({ value, scope }),
    },
    skipped,
  )
  const links = new Links(skipped)
  const parts = new Map<unknown, Pick<Links, 'visit'>>([
    ['new', added],
    ['deleted', deleted],
    ['links', links],
  ])
  const json = new StreamedJson((element) => parts.get(keyAt(element, 1))?.visit(element) ?? 'drop')
  for await (const piece of pieces) {
    json.write(piece)
    for (const part of [added, deleted]) {
      const late = part.settle()
      if (late !== undefined) await late
    }
  }
  json.end()
  return {
    receivedAt,
    new: added.kept,
    deleted: deleted.kept,
    links: { blocklists: links.blocklists, allowlists: links.allowlists },
    skipped: skipped.issues,
    skippedCount: skipped.count,
  }
}

const fieldsSchema = newDecisionsSchema.shape.decisions.element
const decisionSchema = fieldsSchema.extend({
  duration: z.string().refine((text) => parseDuration(text) !== undefined, 'must be a Go duration such as 3h59m55.7s'),
})

function readDecision(entry: unknown): { value: string; duration: string; ms: number } | undefined {
  const fields = readFields(fieldsSchema, ['value', 'duration'], entry)
  const ns = fields && parseDuration(fields.duration)
  return fields && ns !== undefined
    ? { value: fields.value, duration: fields.duration, ms: durationToMs(ns) }
    : undefined
}

const SCOPES = new Map([
  ['ip', 'Ip'],
  ['range', 'Range'],
  ['as', 'AS'],
  ['country', 'Country'],
])

function foldScope(scope: string): string {
  return SCOPES.get(scope.toLowerCase()) ?? scope
}
