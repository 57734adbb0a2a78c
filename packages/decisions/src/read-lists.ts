import { durationToMs, InputError, parseDuration } from '@cscapi/signals'
import { type Allowlist, emptyAllowlist } from './allowlists.js'
import { allowlistEntry, blocklistValue } from './list-lines.js'
import { NetworkTable } from './network-table.js'
import type { Pace } from './pace.js'
import { parseNetwork } from './parse-ip.js'
import { lockoutRule } from './reserved.js'
import type { Skipped } from './skipped.js'
import { isAddressScope, type ScopedValues, type Source, setScoped, tableOf } from './source.js'

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
  readonly now: number
  readonly allowWide: boolean
  readonly skipped: Skipped
  readonly pace: Pace
}

const ADDRESS = 'must be an IPv4 or IPv6 address or a CIDR range'

/** @throws InputError for a duration that is none; what `lines` throws */
export async function readBlocklist(
  info: BlocklistInfo,
  lines: Lines,
  { now, allowWide, skipped, pace }: Reading,
): Promise<Source> {
  const duration = parseDuration(info.duration)
  if (duration === undefined) {
    const rule = 'must be a Go duration such as 24h'
    throw new InputError(`The blocklist ${info.name} was not read`, [{ path: 'duration', value: info.duration, rule }])
  }
  const expiresAt = now + durationToMs(duration)
  const tables = { v4: new NetworkTable(4, false), v6: new NetworkTable(6, false) }
  const scoped: ScopedValues = new Map()
  const words = new Uint32Array(4)
  const family = { value: 0 as 0 | 4 | 6 }
  await pace.each(lines, (line, index) => {
    const value = blocklistValue(line)
    if (value === undefined) return
    if (!isAddressScope(info.scope)) {
      setScoped(scoped, { scope: info.scope, value, reason: info.name, expiresAt })
      return
    }
    const prefix = parseNetwork(value, words, family)
    const rule = prefix === -1 ? ADDRESS : allowWide ? undefined : lockoutRule(words, family.value, prefix)
    if (rule !== undefined) skipped.add(`${info.name}:${index + 1}`, value, rule)
    else tableOf(tables, family.value).set(words, prefix)
  })
  return {
    origin: `lists:${info.name}`,
    remediation: info.remediation,
    expiresAt,
    reasons: [info.name],
    v4: tables.v4.trim(),
    v6: tables.v6.trim(),
    scoped,
  }
}

/** @throws what `lines` throws */
export async function readAllowlist(
  { id, name }: AllowlistInfo,
  lines: Lines,
  { skipped, pace }: Pick<Reading, 'skipped' | 'pace'>,
): Promise<Allowlist> {
  const list = emptyAllowlist(id, name)
  const words = new Uint32Array(4)
  const family = { value: 0 as 0 | 4 | 6 }
  await pace.each(lines, (line, index) => {
    const entry = allowlistEntry(line)
    if (entry === undefined) return
    const rule = 'rule' in entry ? entry.rule : undefined
    const prefix = 'value' in entry ? parseNetwork(entry.value.trim(), words, family) : -1
    if ('value' in entry && prefix !== -1) tableOf(list, family.value).set(words, prefix, entry.expiresAt)
    else skipped.add(`${name}:${index + 1}`, line, rule ?? ADDRESS)
  })
  return { ...list, v4: list.v4.trim(), v6: list.v6.trim() }
}
