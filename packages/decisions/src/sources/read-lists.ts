import {
  ADDRESS_RULE,
  durationToMs,
  InputError,
  type InputIssue,
  IpNetwork,
  isAddressScope,
  parseDuration,
} from '@cscapi/signals'
import { plainText } from '../plain-text.js'
import { TableBuilder } from '../tables/table-builder.js'
import type { Pace } from '../turns/pace.js'
import { AllowedNetworks, type Allowlist } from './allowlists.js'
import { allowlistEntry, firstField, scopedLine } from './list-lines.js'
import { lockoutRule } from './lockout.js'
import { ReadableLines } from './readable-lines.js'
import { type ScopedValues, setScopedLater } from './scoped-values.js'
import { type Skipped, shown } from './skipped.js'
import { type Source, tableOf } from './source.js'

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

/** A link to an allowlist (CAPI v3 swagger `AllowlistLink`). */
export interface AllowlistInfo {
  readonly id: string
  readonly name: string
}

export type Lines = Iterable<string> | AsyncIterable<string>

interface Reading {
  /** Whether the list has entries in force that this one would replace. */
  readonly hadEntries: boolean
  readonly skipped: Skipped
  readonly pace: Pace
}

/**
 * @throws InputError for arguments of another shape; CscapiError `list_unreadable`; what `lines`
 * throws
 */
export async function readBlocklist(
  info: BlocklistInfo,
  lines: Lines,
  { now, allowWide, hadEntries, skipped, pace }: Reading & { readonly now: number; readonly allowWide: boolean },
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
    origin: `lists:${name}`,
    remediation,
    expiresAt,
    reasons: [name],
    v4: await pace.finish(builders.v4.build()),
    v6: await pace.finish(builders.v6.build()),
    scoped,
  }
}

/**
 * @throws InputError for arguments of another shape; CscapiError `list_unreadable`; what `lines`
 * throws
 */
export async function readAllowlist(
  { id, name }: AllowlistInfo,
  lines: Lines,
  { hadEntries, skipped, pace }: Reading,
): Promise<Allowlist> {
  const builders = { v4: new TableBuilder(4, true), v6: new TableBuilder(6, true) }
  const network = new IpNetwork()
  const readable = new ReadableLines(`allowlist ${plainText(name)}`)
  await eachLine(lines, pace, (line, index) => {
    const entry = allowlistEntry(line)
    if (entry === undefined) return
    if ('value' in entry && network.read(entry.value.trim())) {
      readable.addReadable()
      tableOf(builders, network.family).add(network, entry.expiresAt)
      return
    }
    const rule = 'rule' in entry ? entry.rule : ADDRESS_RULE
    readable.addUnreadable(index, line, rule)
    skipped.add(`${name}:${index + 1}`, line, rule)
  })
  readable.check(hadEntries)
  const [v4, v6] = [await pace.finish(builders.v4.build()), await pace.finish(builders.v6.build())]
  return { id, name, v4: await pace.finish(AllowedNetworks.of(v4)), v6: await pace.finish(AllowedNetworks.of(v6)) }
}

/** @throws InputError when what is given is nothing to read a list from */
export function checkList(what: string, info: unknown, fields: readonly string[], lines: unknown): void {
  const issues: InputIssue[] = []
  if (typeof info !== 'object' || info === null)
    issues.push({ path: 'list', value: shown(info), rule: `must be an object with ${fields.join(', ')}` })
  else
    for (const field of fields) {
      const text: unknown = Reflect.get(info, field)
      if (typeof text !== 'string') issues.push({ path: field, value: shown(text), rule: 'must be text' })
    }
  const isIterable =
    typeof lines === 'object' && lines !== null && (Symbol.iterator in lines || Symbol.asyncIterator in lines)
  if (!isIterable)
    issues.push({ path: 'lines', value: shown(lines), rule: 'must be a list or an async iterable of lines' })
  if (issues.length > 0) throw new InputError(`The ${what} was not read`, issues)
}

function durationMs({ name, duration }: BlocklistInfo): number {
  const parsed = parseDuration(duration)
  if (parsed !== undefined && parsed > 0n) return durationToMs(parsed)
  const rule = 'must be a Go duration above 0, such as 24h'
  throw new InputError(`The blocklist ${plainText(name)} was not read`, [
    { path: 'duration', value: shown(duration), rule },
  ])
}

async function eachLine(lines: Lines, pace: Pace, visit: (line: string, index: number) => void): Promise<void> {
  const take = (line: unknown, index: number) => {
    if (typeof line === 'string') return visit(line, index)
    const issue = { path: `lines[${index}]`, value: shown(line), rule: 'must be text' }
    throw new InputError('The list was not read', [issue])
  }
  // The longer a line, the more work it is.
  await pace.each(lines, take, (line) => 1 + (line.length >>> 5))
}
