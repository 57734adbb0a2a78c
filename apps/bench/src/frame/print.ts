import type { Figure } from '../figure.js'
import type { Goal, Limit } from './bench.js'
import { keeps, type MeasuredRow, type Outcome, type Spread } from './contest.js'
import type { RecordedRow } from './record.js'

const line = (name: string, cells: readonly string[], mark: string) =>
  `${[name.padEnd(52), ...cells.map((cell, index) => cell.padStart(index < 3 ? 26 : 10))].join(' ')}${mark}\n`

export function printHeader(): void {
  process.stdout.write(line('median (min–max)', ['ours', 'baseline', 'ratio', 'goal'], ''))
}

/** Prints a line for each row, with a mark where the goal is missed. */
export function printOutcome({ rows, figures, bench, isSmall, rounds, othersCores }: Outcome): void {
  for (const row of rows) process.stdout.write(lineOf(row))
  for (const figure of figures) process.stdout.write(lineOfFigure(figure, isSmall))
  const size = isSmall ? ' at a small size, whatever the names say: only counts are judged' : ''
  const busy = `${bench}: ${rounds} rounds${size}, while other processes took ${othersCores.toFixed(2)} cores`
  process.stdout.write(`${busy}\n`)
}

const lineOf = (row: MeasuredRow) => line(row.name, cellsOf(row), row.isMet ? '' : '  MISSED')

const lineOfFigure = (figure: Figure, isSmall: boolean) =>
  line(figure.name, cellsOfFigure(figure), isSmall || keeps(figure.goal, figure.ratio) ? '' : '  MISSED')

/** What is measured, the baseline, their ratio and the goal, as people read them. */
export function cellsOf({ unit, ours, baseline, ratio, goal }: RecordedRow): string[] {
  return [
    shown(ours, unit),
    baseline === undefined ? '' : shown(baseline, unit),
    ratio === undefined ? '' : shown(ratio, '×'),
    goalOf(goal, unit),
  ]
}

export const cellsOfFigure = ({ ours, baseline, ratio, unit, goal }: Figure): string[] => [
  ours,
  baseline,
  unit === undefined ? `${ratio.toFixed(2)} ×` : `+${ratio.toFixed(0)} ${unit}`,
  `${limit(goal)} ${unit ?? '×'}`,
]

function shown({ median, min, max }: Spread, unit: string): string {
  return min === max ? `${number(median)} ${unit}` : `${number(median)} (${number(min)}–${number(max)}) ${unit}`
}

/** Three digits that say something, no more. */
function number(value: number): string {
  const digits = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toLocaleString('en-US', { maximumFractionDigits: Math.min(digits, 3) })
}

function goalOf(goal: Goal | undefined, unit: string): string {
  if (goal === undefined) return ''
  if (goal === 'equal') return 'equal'
  return 'ratio' in goal ? `${limit(goal.ratio)} ×` : `${limit(goal.ours)} ${unit}`
}

const limit = (goal: Limit) => ('atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`)
