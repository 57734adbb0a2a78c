import { oneLine } from '@cscapi/signals'
import { ownCopy } from '../lines/own-copy.js'

/** What an address did that belongs together, so far. Plain data: it outlives the process. */
export interface Attack {
  readonly name: string
  readonly address: string
  startAt: number
  stopAt: number
  events: number
  firstLine: number
  lastLine: number
  /** How full the bucket is, and that of the slow scenario; and whether they ran over. */
  level: number
  slowLevel: number
  isOver: boolean
  isSlowlyOver: boolean
  /** What was seen of those things that are counted once. */
  readonly seen: string[]
  readonly details: Record<string, string[]>
}

/** So many different things are told apart, and so many texts of each detail are told. */
const MOST_SEEN = 50
const MOST_TEXTS = 10
/** Characters of a text that is told. */
const LONGEST_TEXT = 256

export function newAttack(name: string, address: string, at: number, line: number): Attack {
  // One literal, so that all have one shape.
  return {
    name,
    address: ownCopy(address),
    startAt: at,
    stopAt: at,
    events: 0,
    firstLine: line,
    lastLine: line,
    level: 0,
    slowLevel: 0,
    isOver: false,
    isSlowlyOver: false,
    seen: [],
    details: {},
  }
}

/** Whether a thing was not seen before. With very many, one may count again. */
export function seeFirst({ seen }: Attack, thing: string): boolean {
  const text = ownCopy(thing)
  if (seen.includes(text)) return false
  if (seen.push(text) > MOST_SEEN) seen.shift()
  return true
}

export function addDetails({ details }: Attack, given: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value = ''] of Object.entries(given)) {
    if (value === '') continue
    const texts = details[name] ?? []
    details[name] = texts
    const text = shortText(value)
    if (texts.length < MOST_TEXTS && !texts.includes(text)) texts.push(text)
  }
}

/** On one line, and not for ever: clients wrote most of it. */
export function shortText(text: string): string {
  const line = oneLine(text.slice(0, LONGEST_TEXT + 1))
  return ownCopy(line.length <= LONGEST_TEXT ? line : `${line.slice(0, LONGEST_TEXT - 1)}…`, LONGEST_TEXT)
}
