import type { Figure } from '../figure.js'
import { median } from '../figure.js'
import { measure } from '../measure.js'
import type { Bench, Contest, Goal, Limit, Numbers, Reading, Row } from './bench.js'
import { watchOthers } from './machine.js'

/** Of several rounds. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** A row as it was measured. */
export interface MeasuredRow {
  readonly name: string
  readonly unit: string
  readonly ours: Spread
  readonly baseline: Spread | undefined
  /** Of the two in the same round. */
  readonly ratio: Spread | undefined
  readonly goal: Goal | undefined
  readonly isMet: boolean
}

export interface Outcome {
  readonly bench: string
  /** Whether it ran at its small size, which names and goals do not speak of. */
  readonly isSmall: boolean
  readonly rounds: number
  readonly rows: readonly MeasuredRow[]
  readonly figures: readonly Figure[]
  /** Cores that other processes took meanwhile, the servers of the bench among them. */
  readonly othersCores: number
}

export interface Options {
  readonly isSmall: boolean
  /** How often each side is measured, in place of what the bench says. */
  readonly rounds: number | undefined
  /** A folder for processor profiles. */
  readonly profiles: string | undefined
}

/** Measures the sides of a bench in turn, so that a busy moment hits all alike. */
export async function hold(
  name: string,
  bench: Bench,
  { isSmall, rounds: asked, profiles }: Options,
): Promise<Outcome> {
  const othersSince = watchOthers()
  let cpuMs = 0
  const measured = async (side: string | undefined) => {
    const answer = await measure({ bench: name, side, isSmall }, profiles)
    cpuMs += answer.cpuMs
    return answer
  }
  if ('figures' in bench) {
    const { figures } = await measured(undefined)
    return { bench: name, isSmall, rounds: 1, rows: [], figures, othersCores: othersSince(cpuMs) }
  }
  const rounds: Record<string, Numbers>[] = []
  const count = isSmall || profiles !== undefined ? 1 : (asked ?? bench.rounds ?? 5)
  for (let round = 0; round < count; round += 1) {
    const numbers: Record<string, Numbers> = {}
    const sides = Object.keys(bench.sides)
    // Nobody is always the first.
    for (const side of round % 2 === 0 ? sides : sides.reverse()) numbers[side] = (await measured(side)).numbers
    rounds.push(numbers)
  }
  const rows = rowsOf(bench, rounds, isSmall)
  return { bench: name, isSmall, rounds: count, rows, figures: [], othersCores: othersSince(cpuMs) }
}

function rowsOf({ rows }: Contest, rounds: readonly Record<string, Numbers>[], isSmall: boolean): MeasuredRow[] {
  return rows.map(({ name, unit, ours, baseline, goal }: Row) => {
    const ourEach = rounds.map((round) => read(round, ours))
    const baseEach = baseline && rounds.map((round) => read(round, baseline))
    const ratios = baseEach?.map((base, round) => (ourEach[round] ?? Number.NaN) / base)
    const measured = { ours: spread(ourEach), baseline: baseEach && spread(baseEach), ratio: ratios && spread(ratios) }
    const isEqual = ourEach.every((number, round) => number === baseEach?.[round])
    return { name, unit, ...measured, goal, isMet: goal === 'equal' ? isEqual : isSmall || isWithin(goal, measured) }
  })
}

function read(round: Readonly<Record<string, Numbers>>, [side, number]: Reading): number {
  const value = round[side]?.[number]
  if (value === undefined || Number.isNaN(value)) throw new Error(`The side ${side} measured no ${number}`)
  return value
}

function isWithin(
  goal: Exclude<Goal, 'equal'> | undefined,
  { ours, ratio }: Pick<MeasuredRow, 'ours' | 'ratio'>,
): boolean {
  if (goal === undefined) return true
  if ('ours' in goal) return keeps(goal.ours, ours.median)
  if (ratio === undefined) throw new Error('A ratio needs a baseline')
  return keeps(goal.ratio, ratio.median)
}

export const keeps = (limit: Limit, value: number) =>
  'atLeast' in limit ? value >= limit.atLeast : value <= limit.atMost

function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) }
}
