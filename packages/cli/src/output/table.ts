import { oneLine } from '@cscapi/signals'
import Table from 'cli-table3'
import pc from 'picocolors'
import type { Terminal } from '../terminal/terminal.js'

const NO_BORDERS = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) =>
    (side === 'left' || side === 'right' ? ['', '-mid'] : ['', '-mid', '-left', '-right']).map((part) => [
      `${side}${part}`,
      '',
    ]),
  ),
)

/**
 * Writes rows for people: aligned in a terminal, with tabs between them elsewhere, so that `cut`
 * and `awk` find their columns. Text of strangers is put on one line.
 */
export function table(terminal: Terminal, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const plain = rows.map((row) => row.map(oneLine))
  if (!terminal.isTerminal) {
    for (const row of [head, ...plain]) terminal.write(`${row.join('\t')}\n`)
    return
  }
  const drawn = new Table({
    head: head.map((name) => pc.dim(name)),
    chars: { ...NO_BORDERS, middle: '  ' },
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  })
  drawn.push(...plain)
  terminal.write(`${drawn.toString()}\n`)
}
