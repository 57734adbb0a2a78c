import {
  ADDRESS_RULE,
  durationToMs,
  InputError,
  IpNetwork,
  isAddressScope,
  parseDuration,
  printable,
} from '@cscapi/signals'
import type { Change, Changing } from '../changes/change.js'
import { lockoutRule } from '../changes/lockout.js'
import type { Contents } from '../contents/contents.js'
import { type ScopedValues, setScopedLater } from '../contents/scoped-values.js'
import { heldIn, inForceIn, listOrigin, type Source, tableOf } from '../contents/source.js'
import { TableBuilder } from '../tables/table-builder.js'
import { eachLine, type Lines } from './list-input.js'
import { firstField, scopedLine } from './list-lines.js'
import { plainText } from './plain-text.js'
import { ReadableLines } from './readable-lines.js'

/** A link to a blocklist, as CAPI v3 swagger `BlocklistLink` has it, and what makes its entries. */
export interface BlocklistInfo {
  readonly name: string
  /** `ip`, `range`, or another scope. */
  readonly scope: string
  /** `ban`, `captcha`, … */
  readonly remediation: string
  /** How long its entries are in force from now on, a Go duration. */
  readonly duration: string
}

/**
 * Replaces the blocklist of that name.
 *
 * @throws InputError for arguments of another shape; CscapiError `list_unreadable`; what `lines`
 * throws
 */
export async function replaceBlocklist(
  contents: Contents,
  list: BlocklistInfo,
  lines: Lines,
  changing: Changing,
): Promise<Change> {
  const origin = listOrigin(list.name)
  const before = contents.sources.find((source) => source.origin === origin)
  const hadEntries = before !== undefined && inForceIn(before, changing.now) > 0
  const source = await readBlocklist(list, lines, hadEntries, changing)
  const others = contents.sources.filter((one) => one.origin !== origin)
  return {
    contents: { ...contents, sources: [...others, source] },
    added: heldIn(source),
    removed: before === undefined ? 0 : heldIn(before),
  }
}

/** `hadEntries` says whether the list has entries in force that this one would replace. */
async function readBlocklist(
  info: BlocklistInfo,
  lines: Lines,
  hadEntries: boolean,
  { now, allowWide, skipped, pace }: Changing,
): Promise<Source> {
  const { name, scope, remediation } = info
  const expiresAt = now + durationMs(info)
  const builders = { v4: new TableBuilder(4, false), v6: new TableBuilder(6, false) }
  const scoped: ScopedValues = new Map()
  const network = new IpNetwork()
  const readable = new ReadableLines(`blocklist ${plainText(name)}`)
  const ofAddresses = isAddressScope(scope)
  await eachLine(lines, pace, (line, index) => {
    const value = ofAddresses ? firstField(line) : scopedLine(scope, line)
    if (value === undefined) return
    const broken = (rule: string) => {
      readable.addUnreadable(index, line, rule)
      skipped.add(`${name}:${index + 1}`, typeof value === 'string' ? value : line, rule)
    }
    if (typeof value !== 'string') return broken(value.rule)
    if (!ofAddresses) {
      readable.addReadable()
      return setScopedLater(scoped, { scope, value, reason: name, expiresAt })
    }
    if (!network.read(value)) return broken(ADDRESS_RULE)
    readable.addReadable()
    const rule = allowWide ? undefined : lockoutRule(network)
    if (rule !== undefined) skipped.add(`${name}:${index + 1}`, value, rule)
    else tableOf(builders, network.family).add(network)
  })
  readable.check(hadEntries)
  return {
    origin: listOrigin(name),
    remediation,
    expiresAt,
    reasons: [name],
    v4: await pace.finish(builders.v4.build()),
    v6: await pace.finish(builders.v6.build()),
    scoped,
  }
}

function durationMs({ name, duration }: BlocklistInfo): number {
  const parsed = parseDuration(duration)
  if (parsed !== undefined && parsed > 0n) return durationToMs(parsed)
  const rule = 'must be a Go duration above 0, such as 24h'
  throw new InputError(`The blocklist ${plainText(name)} was not read`, [
    { path: 'duration', value: printable(duration), rule },
  ])
}
