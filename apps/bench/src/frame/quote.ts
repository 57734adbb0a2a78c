import { keeps } from './contest.js'
import { cellsOf, cellsOfFigure } from './print.js'
import type { RecordedRun, RecordedRuns } from './record.js'

/** Makes a table out of what was recorded. */
export type Table = (runs: RecordedRuns) => string

const MARKED = /<!-- bench:([\w-]+) -->[\s\S]*?<!-- \/bench -->/g

/**
 * The page with every table between `<!-- bench:NAME -->` and `<!-- /bench -->` written anew: of
 * the bench of that name, or as `tables` makes one of that name.
 * @throws Error for a name that is neither, and for a marker without an end
 */
export function quoteFigures(
  page: string,
  runs: RecordedRuns,
  benches: readonly string[],
  tables: Readonly<Record<string, Table>>,
): string {
  const quoted = page.replace(MARKED, (marked, name: string) => {
    if (marked.includes('<!-- bench:', 1)) throw new Error(`The table of ${name} has no end`)
    const table = tables[name]
    if (table === undefined && !benches.includes(name)) throw new Error(`There is no bench ${name} to quote`)
    return `<!-- bench:${name} -->\n${table?.(runs) ?? tableOfRun(name, runs[name])}\n<!-- /bench -->`
  })
  if (quoted.replace(MARKED, '').includes('<!-- bench:')) throw new Error('A table has no end')
  return quoted
}

function tableOfRun(name: string, run: RecordedRun | undefined): string {
  if (run === undefined) return notRecorded(name)
  const lines = [
    ...run.rows.map((row) => [row.name, ...cellsOf(row), row.goal === undefined ? '' : verdict(row.isMet)]),
    ...run.figures.map((figure) => {
      return [figure.name, ...cellsOfFigure(figure), verdict(keeps(figure.goal, figure.ratio))]
    }),
  ]
  const header = ['median (min–max)', 'ours', 'baseline', 'ratio', 'goal', '']
  return `${tableOf(header, lines)}\n\n${sourceOf(run)}`
}

const verdict = (isMet: boolean) => (isMet ? 'met' : '**missed**')

export const tableOf = (header: readonly string[], lines: readonly (readonly string[])[]) =>
  [header, header.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')

export const notRecorded = (name: string) => `No run of it was recorded yet (\`pnpm bench ${name} --record\`).`

/** Where figures come from: no number is quoted without it. */
export function sourceOf({ command, date, rounds, machine, servers, othersCores }: RecordedRun): string {
  const { cores, model, node, platform } = machine
  const versions = Object.entries(servers).map(([name, version]) => `${name} ${version}`)
  const software = [`Node ${node.replace('v', '')}`, ...versions].join(', ')
  const times = rounds === 1 ? 'one round' : `${rounds} rounds`
  return `\`${command}\`, ${times}, ${date}: ${cores} cores of ${model} (${platform}), ${software}; other processes took ${othersCores} cores.`
}
