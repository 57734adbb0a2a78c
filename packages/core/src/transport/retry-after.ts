import type { AnswerHeaders } from './answer.js'

const MAX_MS = 3_600_000

/**
 * Tells what `Retry-After` asks for, in milliseconds, 0 to 1 h. It has two forms (RFC 9110 section
 * 10.2.3): whole seconds, or an HTTP date, which is compared with the answer's own `Date`. Anything
 * else, and a date that has passed, is `undefined`: nobody knows what a server meant by it.
 */
export function retryAfterMs(headers: AnswerHeaders, now: number): number | undefined {
  // Blanks and tabs around a value are no part of it, and not every platform takes them away
  // (section 5.5).
  const value = (headers.get('retry-after') ?? '').replace(/^[ \t]+|[ \t]+$/g, '')
  if (/^\d+$/.test(value)) return Math.min(Number(value) * 1_000, MAX_MS)
  const until = readHttpDate(value, now)
  if (until === undefined) return undefined
  const ms = until - (readHttpDate(headers.get('date') ?? '', now) ?? now)
  return ms < 0 ? undefined : Math.min(ms, MAX_MS)
}

const RFC_850 = /^(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\d\d)-([A-Z][a-z]{2})-(\d\d) (\d\d:\d\d:\d\d) GMT$/
const ASCTIME = /^([A-Z][a-z]{2}) ([A-Z][a-z]{2}) ([ \d]\d) (\d\d:\d\d:\d\d) (\d{4})$/

/**
 * Reads an HTTP date, of which there are the usual form and two obsolete ones that have to be read
 * as well (RFC 9110 section 5.6.7).
 */
function readHttpDate(text: string, now: number): number | undefined {
  const usual = text
    .replace(RFC_850, (_, weekday: string, day, month, year, time) => {
      return `${weekday.slice(0, 3)}, ${day} ${month} ${fullYear(Number(year), now)} ${time} GMT`
    })
    .replace(ASCTIME, (_, weekday, month, day: string, time, year) => {
      return `${weekday}, ${day.replace(' ', '0')} ${month} ${year} ${time} GMT`
    })
  const ms = Date.parse(usual)
  // What is written again as it was read has that form, that weekday, and no 31 February.
  return !Number.isNaN(ms) && new Date(ms).toUTCString() === usual ? ms : undefined
}

/** Completes two digits: they are of this century, unless that is more than fifty years ahead. */
function fullYear(year: number, now: number): number {
  const thisYear = new Date(now).getUTCFullYear()
  const full = thisYear - (thisYear % 100) + year
  return full > thisYear + 50 ? full - 100 : full
}
