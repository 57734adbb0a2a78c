import { visible } from './visible.js'

const number = new Intl.NumberFormat('en')
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' })
const day = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

/** Writes `12,345`. */
export const count = (value: number) => number.format(value)

/** Writes `1 machine`, `2 machines`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`
}

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
] as const

/** Writes `45 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. */
export function duration(ms: number): string {
  const seconds = Math.max(Math.round(ms / 1_000), 0)
  for (const [index, [name, size]] of UNITS.entries()) {
    if (seconds < size) continue
    const rest = UNITS[index + 1]
    const more = rest === undefined ? 0 : Math.floor((seconds % size) / rest[1])
    return `${Math.floor(seconds / size)} ${name}${rest !== undefined && more > 0 ? ` ${more} ${rest[0]}` : ''}`
  }
  return `${seconds} s`
}

/** Writes `45 s`, `12 min`, `1.4 h`: one unit. */
export function roughly(ms: number): string {
  const seconds = ms / 1_000
  const [name, size] = UNITS.find(([, unit]) => seconds >= unit) ?? ['s', 1]
  const value = seconds / size
  return `${value < 10 ? Math.round(10 * value) / 10 : Math.round(value)} ${name}`
}

/** Writes `59:03`, `1:02:03`: what is left of a pause. */
export function countdown(ms: number): string {
  const seconds = Math.max(Math.ceil(ms / 1_000), 0)
  const two = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}

/** Writes `12 s ago`, `in 3 h`. */
export function relative(at: number, now: number): string {
  const ms = at - now
  if (Math.abs(ms) < 1_000) return 'now'
  return ms < 0 ? `${duration(-ms)} ago` : `in ${duration(ms)}`
}

/** Writes `14:03:22`. */
export const time = (at: number) => clock.format(at)

/** Writes `Mar 4, 14:03`. */
export const date = (at: number) => day.format(at)

/** Writes JSON with an indent where it can be read, else as it is; escapes stay escapes. */
export function pretty(json: string): string {
  try {
    return visible(JSON.stringify(JSON.parse(json), null, 2))
  } catch {
    return json
  }
}
