import type { Cli } from '../cli.js'
import { count } from '../output/numbers.js'
import { table } from '../output/table.js'
import { usePulledSet } from './pulled-set.js'

/** Rows of each kind that are shown. */
const MOST_ROWS = 10

/** Counts what is in force. */
export async function showDecisionStats(cli: Cli): Promise<void> {
  await usePulledSet(cli, (set) => {
    const counts = {
      origin: new Map<string, number>(),
      remediation: new Map<string, number>(),
      reason: new Map<string, number>(),
    }
    let total = 0
    for (const entry of set.entries()) {
      total += 1
      for (const by of ['origin', 'remediation', 'reason'] as const) {
        counts[by].set(entry[by], (counts[by].get(entry[by]) ?? 0) + 1)
      }
    }
    if (cli.json) {
      const objects = Object.entries(counts).map(([by, of]) => [by, Object.fromEntries(of)])
      return cli.terminal.json({ total, ...Object.fromEntries(objects) })
    }
    const rows = Object.entries(counts).flatMap(([by, of]) => {
      const largest = [...of].sort(([, a], [, b]) => b - a)
      const others = largest.slice(MOST_ROWS).reduce((sum, [, number]) => sum + number, 0)
      const shown = largest.slice(0, MOST_ROWS).map(([name, number]) => [by, name, count(number)])
      return others > 0 ? [...shown, [by, `${count(largest.length - MOST_ROWS)} others`, count(others)]] : shown
    })
    table(cli.terminal, ['by', 'name', 'entries'], [['', 'all in force', count(total)], ...rows])
  })
}
