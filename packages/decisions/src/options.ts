import { lazily, readOptions } from '@cscapi/signals'
import * as z from 'zod'
import { refused } from './arguments.js'
import type { RetainedLists } from './lists/retain-lists.js'
import { type LocalDecisionKeeper, memoryKeeper } from './local/local-keeper.js'

/** Options of {@link DecisionSet}. */
export interface DecisionSetOptions {
  /**
   * Epoch milliseconds. Default `Date.now`. What gives none makes every call that needs
   * it throw an `InputError`; a lookup that finds nothing does not.
   */
  readonly now?: () => number
  /**
   * Take entries wider than /8 (IPv4) or /16 (IPv6), and private, loopback, link-local and
   * multicast ones. Default false: they are skipped and reported.
   */
  readonly allowWide?: boolean
  /**
   * Strictest first; it decides between entries of the same length. Default `ban`, then `captcha`,
   * then anything else.
   */
  readonly remediations?: readonly string[]
  /** Where local decisions are kept. Default: in memory, for this process alone. */
  readonly keeper?: LocalDecisionKeeper
}

/** Options of {@link DecisionSet.entries}. */
export interface EntriesOptions {
  /**
   * The moment to list for, in epoch milliseconds; what runs out until then is left out. Default
   * now.
   */
  readonly at?: number
  /**
   * Give `undefined` about each millisecond of work, where the caller may let others have their
   * turn. Default false.
   */
  readonly pauses?: boolean
}

// Strict: a typo would let a private network be blocked, or the wrong remediation win.

const setSchema = lazily(() =>
  z.strictObject({
    now: z.custom<() => number>((value) => typeof value === 'function', 'must be a function').optional(),
    allowWide: z.boolean().default(false),
    remediations: z.array(z.string()).default(['ban', 'captcha']),
    keeper: z.custom<LocalDecisionKeeper>(isKeeper, 'must have the methods read and update').optional(),
  }),
)

const entriesSchema = lazily(() => z.strictObject({ at: z.number().optional(), pauses: z.boolean().default(false) }))

const retainedSchema = lazily(() => {
  const names = z.array(z.string())
  return z.strictObject({ blocklists: names, allowlists: names })
})

/** What other programs call these. */
const aliases = new Map([
  ['remediation', 'remediations'],
  ['types', 'remediations'],
  ['allowPrivate', 'allowWide'],
  ['allow_private', 'allowWide'],
  ['clock', 'now'],
])

/** @throws InputError that lists every option that is wrong */
export function readSetOptions(options: DecisionSetOptions): Required<DecisionSetOptions> {
  const { now, keeper, ...others } = readOptions('No decision set was made', setSchema(), options, { aliases })
  return { ...others, keeper: keeper ?? memoryKeeper(), now: now === undefined ? Date.now : () => checkedNow(now()) }
}

/** @throws InputError */
export function readEntriesOptions(options: EntriesOptions): z.output<ReturnType<typeof entriesSchema>> {
  return readOptions('Nothing was listed', entriesSchema(), options)
}

/** @throws InputError */
export function readRetainedLists(lists: RetainedLists): RetainedLists {
  return readOptions('No list was dropped', retainedSchema(), lists)
}

function isKeeper(value: unknown): boolean {
  return ['read', 'update'].every((name) => typeof Reflect.get(Object(value), name) === 'function')
}

/** To a clock that gives no number, nothing would ever run out. */
function checkedNow(now: unknown): number {
  if (typeof now === 'number' && Number.isFinite(now)) return now
  throw refused('There is no time', 'now()', now, 'must give epoch milliseconds')
}
