import { parseTimestamp } from '@cscapi/signals'
import { epochOf } from '../../logs/local-time.js'
import type { FieldPath } from './field-path.js'

/** How a time may be written. Nothing is guessed: seconds and milliseconds look alike. */
export const MAPPED_TIMES = ['rfc3339', 'epoch_s', 'epoch_ms', 'epoch_us', 'epoch_ns'] as const

export interface MappedTime {
  readonly field: FieldPath
  readonly format: (typeof MAPPED_TIMES)[number]
  /** Of a date and time without a zone; without it such a time is refused. */
  readonly zone?: 'utc' | 'host' | undefined
}

/** Epoch milliseconds of one, as a factor. */
const UNITS = { epoch_s: 1_000, epoch_ms: 1, epoch_us: 1 / 1_000, epoch_ns: 1 / 1_000_000 }

const WITHOUT_ZONE = /^(?<year>\d{4})-(?<month>\d{2})-(?<day>\d{2})[Tt ](?<time>\d{2}:\d{2}:\d{2}(?:[.,]\d+)?)$/

/** Gives epoch milliseconds; as text, why it is no time. */
export function readTime(value: string | undefined, { field, format, zone }: MappedTime): number | string {
  const at = value === undefined ? undefined : epochMs(value, format, zone)
  if (at !== undefined) return at
  const withoutZone = format === 'rfc3339' && WITHOUT_ZONE.test(value ?? '') && zone === undefined
  return `its ${field.join('.')} is ${withoutZone ? 'a time without a zone: give zone' : `no time of the format ${format}`}`
}

function epochMs(text: string, format: MappedTime['format'], zone: MappedTime['zone']): number | undefined {
  if (format !== 'rfc3339') {
    const isNumber = /^\d{1,20}(?:\.\d{1,20})?$/.test(text)
    return isNumber ? Math.floor(Number(text) * UNITS[format]) : undefined
  }
  const local = WITHOUT_ZONE.exec(text)?.groups
  if (local === undefined) return parseTimestamp(text)?.ms
  const { year = '', month = '', day = '', time = '' } = local
  return zone === undefined ? undefined : epochOf({ year, month, day, time }, { utc: zone === 'utc' })
}
