import { parseTimestamp } from '@cscapi/signals'
import { epochOf, type WallClock } from './local-time.js'
import type { TimeContext } from './time-context.js'

/**
 * How far ahead a time without a year may lie: a clock that runs ahead of ours, or another zone's,
 * is not last year.
 */
const TOLERANCE_MS = 24 * 3_600_000

/** The forms of a time at the head of a syslog line, to be put into a larger expression. */
export const SYSLOG_TIME = [
  // Feb 12 14:10:21, also with a fraction (journalctl -o short-precise) or the year before the
  // time.
  '[A-Z][a-z]{2} +\\d{1,2} (?:\\d{4} )?\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?',
  // Thu Feb 12 14:10:21 2026 (logread of OpenWrt).
  '[A-Z][a-z]{2} [A-Z][a-z]{2} +\\d{1,2} \\d{2}:\\d{2}:\\d{2} \\d{4}',
  // 2026-02-12T14:10:21.5+01:00 (rsyslog, journalctl -o short-iso).
  '\\d{4}-\\d{2}-\\d{2}[T ]\\d{2}:\\d{2}:\\d{2}(?:[.,]\\d{1,9})?(?:Z|[+-]\\d{2}:?\\d{2})?',
  // Thu 2026-02-12 14:10:21 CET (journalctl -o short-full).
  '[^\\s\\d]{2,5} \\d{4}-\\d{2}-\\d{2} \\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})? (?:[A-Z][A-Za-z]{1,5}|[+-]\\d{2,4})',
  // 1770905421.123456 (journalctl -o short-unix).
  '\\d{9,11}\\.\\d{1,9}',
].join('|')

const DAY_OF_YEAR =
  /^(?:[A-Z][a-z]{2} )?(?<month>[A-Z][a-z]{2}) +(?<day>\d{1,2}) (?:(?<before>\d{4}) )?(?<time>\d{2}:\d{2}:\d{2}(?:\.\d+)?)(?: (?<behind>\d{4}))?$/
const ISO = /^(?:[^\s\d]+ )?(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})[T ](?<time>[\d:.,]+) ?(?<zone>\S*)$/

/**
 * Gives epoch milliseconds of a time that {@link SYSLOG_TIME} matches; `undefined` when there is no
 * such time, as on 31 February. Without a zone it is one of this host, or of UTC if the context
 * says so; so is one with a zone's name (`CET`), which names no one offset.
 */
export function syslogTime(text: string, context: TimeContext): number | undefined {
  if (/^\d+\./.test(text)) return Math.floor(Number(text) * 1_000)
  const iso = ISO.exec(text)?.groups
  if (iso === undefined) return timeOfDay(text, context)
  const { year = '', month = '', day = '', time = '', zone = '' } = iso
  if (/^([A-Z][A-Za-z]*)?$/.test(zone) && !/^(Z|UTC|GMT)$/.test(zone))
    return epochOf({ year, month, day, time }, context)
  return parseTimestamp(`${year}-${month}-${day}T${time}${zone}`)?.ms
}

function timeOfDay(text: string, context: TimeContext): number | undefined {
  const { month = '', day = '', time = '', before, behind } = DAY_OF_YEAR.exec(text)?.groups ?? {}
  const year = before ?? behind
  return year === undefined ? inLatestYear({ month, day, time }, context) : epochOf({ year, month, day, time }, context)
}

/** Without a year it is of the latest one in which it is at most a day ahead. */
export function inLatestYear(clock: Omit<WallClock, 'year'>, context: TimeContext): number | undefined {
  const thisYear = new Date(context.now).getUTCFullYear()
  // 29 February may be up to eight years back.
  for (let year = thisYear + 1; year > thisYear - 9; year -= 1) {
    const at = epochOf({ ...clock, year: String(year) }, context)
    if (at !== undefined && at <= context.now + TOLERANCE_MS) return at
  }
  return undefined
}
