import { oneLine } from '@cscapi/signals'
import Table from 'cli-table3'
import pc from 'picocolors'
import type { Terminal } from '../terminal/terminal.js'

const GAP = '  '
/** A column that is cut says enough with so many characters. */
const NARROWEST = 12

const SIDES = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
const LINES = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid']
const NO_BORDERS = Object.fromEntries([...SIDES, ...LINES].map((place) => [place, '']))

/**
 * Writes rows for people: aligned and cut to fit in a terminal, elsewhere whole, with tabs between
 * them, so that `cut` and `awk` find their columns. Text of strangers is put on one line.
 */
export function table(terminal: Terminal, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const plain = rows.map((row) => row.map(oneLine))
  if (!terminal.isTerminal) {
    for (const row of [head, ...plain]) terminal.write(`${row.join('\t')}\n`)
    return
  }
  const drawn = new Table({
    head: head.map((name) => pc.dim(name)),
    colWidths: fitted([head, ...plain], terminal.columns),
    chars: { ...NO_BORDERS, middle: GAP },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
  drawn.push(...plain)
  terminal.write(`${drawn.toString()}\n`)
}

/** The widths of columns that fit: what is too much is taken from the widest ones. */
function fitted(rows: readonly (readonly string[])[], columns: number): number[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const room = columns - GAP.length * (widths.length - 1)
  for (;;) {
    const over = widths.reduce((sum, width) => sum + width, 0) - room
    const widest = Math.max(...widths)
    if (over <= 0 || widest <= NARROWEST) return widths
    widths[widths.indexOf(widest)] = widest - 1
  }
}
