import { InputError, type InputIssue, printable, unknownKeyIssues } from '@cscapi/signals'
import { type Format, formats } from './formats.js'

/** What {@link exportDecisions} writes. */
export type ExportFormat = keyof typeof formats

/** Options of {@link exportDecisions}. */
export interface ExportOptions {
  /**
   * - `text`: an address or a range a line
   * - `nginx-deny`: `deny` directives
   * - `nginx-geo`: a `geo` block, whose variable says the remediation
   * - `apache`: `Require not ip` directives
   * - `haproxy-map`: a map file from networks to remediations
   * - `ipset`: for `ipset restore -exist`, two sets that are filled aside and swapped in
   * - `nftables`: for `nft -f`, two interval sets that are replaced in one transaction
   * - `csv`: RFC 4180 with a header row, safe to open in a spreadsheet
   * - `jsonl`: one JSON object a line
   * - `stix`: a STIX 2.1 bundle of indicators
   *
   * `csv` and `jsonl` hold every scope; the others addresses and ranges alone.
   */
  readonly format: ExportFormat
  /** Only addresses of this family. Default both, and in `csv` and `jsonl` other scopes too. */
  readonly family?: 4 | 6
  /**
   * Only these remediations, the most important first. Default: `ban` alone where the format cannot
   * say what is to be done (`text`, `nginx-deny`, `apache`, `ipset`, `nftables`); elsewhere all of
   * them, `ban` first, then `captcha`, then the rest.
   */
  readonly remediations?: readonly string[]
  /**
   * Write the fewest disjoint networks that answer for each address as `check` does, instead of the
   * entries as they came. Default true. `nftables` cannot do without; `csv`, `jsonl` and `stix`
   * write entries, each with its own reason and expiry, and refuse it.
   */
  readonly aggregate?: boolean
  /**
   * At most so many networks or entries, both families together, the most important ones: the
   * remediation that comes first in `remediations`, then the shorter prefix (so an IPv6 /64 counts
   * as narrower than an IPv4 address), then the later expiry, then the lower address, IPv4 first.
   * Other scopes come after the addresses of their remediation. Default no limit.
   */
  readonly maxEntries?: number
  /**
   * What the sets of `ipset` (`<name>-v4`), the table of `nftables` and the variable of `nginx-geo`
   * (`$<name>_remediation`) are called: a letter, then up to 19 letters, digits or `_`. Default
   * `cscapi`. Other formats name nothing and refuse it.
   */
  readonly name?: string
  /**
   * Epoch milliseconds: the moment that is written, with what is left when the rest has run out.
   * Default `Date.now`: give the set's clock if it has another.
   */
  readonly now?: () => number
  /** Told once, after the last chunk has been taken. */
  readonly onReport?: (report: ExportReport) => void
}

/** What has been exported. */
export interface ExportReport {
  /** Networks or entries written. */
  readonly written: number
  /** Those that `maxEntries` left no room for. */
  readonly leftOut: number
  /**
   * Entries of other scopes (`Country`, `AS`, …) that the format does not hold, or that `family`
   * excludes.
   */
  readonly otherScopes: number
}

/** Options, read and completed. */
export interface ExportPlan {
  readonly format: Format
  readonly families: readonly (4 | 6)[]
  /** Other scopes are asked for, and the format holds them. */
  readonly withOtherScopes: boolean
  /** `undefined` for all. */
  readonly remediations: readonly string[] | undefined
  readonly aggregate: boolean
  readonly maxEntries: number
  readonly name: string
  readonly now: number
}

const KNOWN = [
  'format',
  'family',
  'remediations',
  'aggregate',
  'maxEntries',
  'name',
  'now',
  'onReport',
] as const satisfies (keyof ExportOptions)[]

/** What other programs call these. */
const aliases = new Map([
  ['ip_version', 'family'],
  ['ipVersion', 'family'],
  ['remediation', 'remediations'],
  ['types', 'remediations'],
  ['limit', 'maxEntries'],
  ['maxelem', 'maxEntries'],
  ['max_elements', 'maxEntries'],
  ['set_name', 'name'],
  ['setName', 'name'],
  ['table', 'name'],
  ['at', 'now'],
])

/** @throws InputError that lists everything that is wrong, the set included */
export function readOptions(set: unknown, options: ExportOptions): ExportPlan {
  const issues: InputIssue[] = []
  const refuse = (path: string, value: unknown, rule: string) => issues.push({ path, value: printable(value), rule })
  if (typeof set !== 'object' || set === null || typeof Reflect.get(set, 'entries') !== 'function')
    refuse('set', typeof set, 'must be a DecisionSet')
  if (typeof options !== 'object' || options === null) {
    refuse('options', options, 'must be an object with a format')
    throw new InputError('Nothing was exported', issues)
  }
  issues.push(...unknownKeyIssues(options, KNOWN, { aliases }))
  const { format: formatName, family, remediations, aggregate, maxEntries, name, now = Date.now, onReport } = options
  const format: Format | undefined = Object.hasOwn(formats, formatName) ? formats[formatName] : undefined
  if (format === undefined) refuse('format', formatName, `must be one of ${Object.keys(formats).join(', ')}`)
  if (family !== undefined && family !== 4 && family !== 6) refuse('family', family, 'must be 4 or 6')
  if (remediations !== undefined && !isListOfText(remediations))
    refuse('remediations', remediations, 'must be a list of at least one remediation')
  if (maxEntries !== undefined && !(Number.isSafeInteger(maxEntries) && maxEntries > 0))
    refuse('maxEntries', maxEntries, 'must be a whole number above 0')
  if (aggregate !== undefined && typeof aggregate !== 'boolean') refuse('aggregate', aggregate, 'must be true or false')
  else if (aggregate === true && format?.takes === 'entries')
    refuse(
      'aggregate',
      aggregate,
      `must not be true for ${formatName}, which writes each entry with its own reason and expiry`,
    )
  else if (aggregate === false && format?.takes === 'networks' && format.mustBeDisjoint)
    refuse('aggregate', aggregate, `must not be false for ${formatName}, whose networks must not overlap`)
  if (name !== undefined && format !== undefined && !(format.takes === 'networks' && format.hasName))
    refuse('name', name, `must not be given for ${formatName}, which names nothing`)
  if (name !== undefined && !(typeof name === 'string' && /^[a-z]\w{0,19}$/i.test(name)))
    refuse('name', name, 'must be a letter and up to 19 letters, digits or _')
  if (typeof now !== 'function') refuse('now', now, 'must be a function')
  if (onReport !== undefined && typeof onReport !== 'function') refuse('onReport', onReport, 'must be a function')
  if (format === undefined || issues.length > 0) throw new InputError('Nothing was exported', issues)
  return {
    format,
    families: family === undefined ? [4, 6] : [family],
    withOtherScopes: family === undefined && format.takes === 'entries' && format.hasOtherScopes,
    remediations: remediations ?? (format.saysRemediation ? undefined : ['ban']),
    aggregate: format.takes === 'networks' && aggregate !== false,
    maxEntries: maxEntries ?? Infinity,
    name: name ?? 'cscapi',
    now: now(),
  }
}

const isListOfText = (value: unknown) =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string')
