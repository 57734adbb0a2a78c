import { CscapiError, type DecisionStream, type Download, isCscapiError } from '@cscapi/core'
import type { ApplyReport, DecisionSet } from '@cscapi/decisions'
import { printable } from '@cscapi/signals'
import type { ClientContext } from '../context.js'
import { type Link, linksOf } from './list-links.js'
import type { PulledList } from './pull-report.js'
import type { KnownList } from './stored-snapshot.js'

/**
 * A list whose entries run out before the next pull is downloaded anew, whether it changed or not
 * (docs/capi-protocol.md, Blocklists).
 */
const MARGIN_MS = 135 * 60_000

/** By kind and name. */
type KnownLists = ReadonlyMap<string, KnownList>

/**
 * Follows the links of an answer. A list that cannot be had stays as it was and is told of; lists
 * that are not linked any more go. `renew` is called now and then, however long it takes.
 */
export async function pullLists(
  context: ClientContext,
  set: DecisionSet,
  { links, skipped }: Pick<DecisionStream, 'links' | 'skipped'>,
  known: KnownLists,
  signal: AbortSignal,
  renew: () => Promise<unknown>,
): Promise<{ lists: PulledList[]; known: KnownLists }> {
  const lists: PulledList[] = []
  const next = new Map<string, KnownList>()
  const seen = new Set<string>()
  for (const link of linksOf(links, set)) {
    await renew()
    if (seen.has(link.key)) {
      lists.push(failed(context, link, twice(link), 'is what its first link led to'))
      continue
    }
    seen.add(link.key)
    const { list, remembered } = await pullOne(context, link, known.get(link.key), signal, renew)
    lists.push(list)
    if (remembered !== undefined) next.set(link.key, remembered)
  }
  // A link that cannot be read may be that of a list we have.
  const unreadable = skipped.find(({ path }) => path.startsWith('links'))
  if (unreadable !== undefined) {
    const { path, rule, value } = unreadable
    const message = `A link to a list cannot be read, so every list that is not linked stays as it was: ${path} ${rule} (got ${value})`
    context.events.emit('warning', { code: 'list_failed', message })
    return { lists, known: new Map([...known, ...next]) }
  }
  await set.retainLists({
    blocklists: links.blocklists.map(({ name }) => name),
    allowlists: links.allowlists.map(({ id }) => id),
  })
  return { lists: [...lists, ...goneFrom(known, seen)], known: next }
}

/** Lists that were there and are not linked any more: what protected, or allowed, until now. */
function goneFrom(known: KnownLists, linked: ReadonlySet<string>): PulledList[] {
  return [...known]
    .filter(([key]) => !linked.has(key))
    .map(([key, { name }]) => ({
      kind: key.startsWith('blocklist:') ? 'blocklist' : 'allowlist',
      name: name ?? key.slice(key.indexOf(':') + 1),
      outcome: 'removed',
      skipped: 0,
    }))
}

async function pullOne(
  context: ClientContext,
  link: Link,
  before: KnownList | undefined,
  signal: AbortSignal,
  renew: () => Promise<unknown>,
): Promise<{ list: PulledList; remembered: KnownList | undefined }> {
  const { capi, options } = context
  const { kind, name } = link
  const expiresAt = link.expiresAt() ?? Number.POSITIVE_INFINITY
  const isLasting = expiresAt > options.clock.now() + MARGIN_MS
  const { etag, lastModified } = isLasting && before?.terms === link.terms ? before : NOTHING_KNOWN
  try {
    const download = await capi.downloadList(link.url, { signal, etag, lastModified })
    if (download.lines === undefined) {
      return { list: { kind, name, outcome: 'unchanged', skipped: 0 }, remembered: before }
    }
    const report = await link.replace(renewing(download.lines, renew))
    tellOfNone(context, link, report)
    return {
      list: { kind, name, outcome: 'replaced', skipped: report.skippedCount },
      remembered: { ...validatorsOf(download), name, terms: link.terms, replacedAt: options.clock.now() },
    }
  } catch (error) {
    if (signal.aborted || !isCscapiError(error)) throw error
    return { list: failed(context, link, error), remembered: before }
  }
}

const NOTHING_KNOWN: KnownList = {}

/**
 * Tells of a list all of whose lines were passed over, be they private, too wide or none: nobody
 * would notice otherwise.
 */
function tellOfNone({ events }: ClientContext, { kind, name }: Link, { added, skipped: [first] }: ApplyReport): void {
  if (added > 0 || first === undefined) return
  const { path, rule, value } = first
  const message = `The ${kind} ${printable(name)} protects from nobody: it has lines, but none was taken. ${printable(path)} ${rule} (got ${value})`
  events.emit('warning', { code: 'list_without_entries', message })
}

/** Tells that a list was not taken, and why. */
function failed(
  { events }: ClientContext,
  { kind, name }: Link,
  error: CscapiError,
  became = 'stays as it was',
): PulledList {
  const message = `The ${kind} ${printable(name)} ${became}: ${error.message}`
  events.emit('warning', { code: 'list_failed', message, error })
  return { kind, name, outcome: 'failed', skipped: 0, error }
}

/** Which of the two would hold, nobody knows. */
const twice = ({ kind }: Link) =>
  new CscapiError('list_unreadable', `The ${kind} is linked twice in one answer, and the first link was followed`)

function validatorsOf({ etag, lastModified }: Download): KnownList {
  return { ...(etag !== undefined && { etag }), ...(lastModified !== undefined && { lastModified }) }
}

const LINES_BETWEEN = 50_000

async function* renewing(lines: AsyncIterable<string>, renew: () => Promise<unknown>): AsyncGenerator<string> {
  let count = 0
  for await (const line of lines) {
    yield line
    count += 1
    if (count % LINES_BETWEEN === 0) await renew()
  }
}
