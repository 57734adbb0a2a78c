import type { Difference } from './compare.js'
import type { Recorded } from './requests.js'

/** A line of the table of differences; in the docs, the reason stands in a fifth cell. */
export type Line = readonly [field: string, engine: string, here: string, where: string]

const MOST_CHARACTERS = 90

/** One line for each kind of difference, with the first request that showed it. */
export function linesOf(
  seen: readonly { readonly asked: Recorded; readonly differences: readonly Difference[] }[],
): Line[] {
  const lines = new Map<string, { line: Line; requests: Set<Recorded> }>()
  for (const { asked, differences } of seen)
    for (const { field, engine, here } of differences) {
      const line: Line = [field, cell(engine), cell(here), nameOf(asked)]
      const key = line.slice(0, 3).join(' | ')
      const { requests = new Set<Recorded>() } = lines.get(key) ?? {}
      lines.set(key, { line: lines.get(key)?.line ?? line, requests: requests.add(asked) })
    }
  return [...lines.values()].map(
    ({ line: [field, engine, here, where], requests: { size } }): Line => [
      field,
      engine,
      here,
      size === 1 ? where : `${where}, and ${size - 1} more`,
    ],
  )
}

/** The table of a Markdown document as {@link linesOf} gives it, and the reason of each line. */
export function readTable(markdown: string): { readonly line: Line; readonly reason: string }[] {
  return markdown
    .split('\n')
    .filter((text) => text.startsWith('| ') && !text.startsWith('| ---') && !text.startsWith('| field '))
    .map((text) => {
      const [field = '', engine = '', here = '', where = '', reason = ''] = text.split(' | ').map(trimmed)
      return { line: [field, engine, here, where], reason }
    })
}

const trimmed = (text: string) => text.replace(/^\| |\s*\|$/g, '').trim()

/** Requests for one by its id are named without it. */
const NO_IDS: ReadonlyMap<string, number> = new Map()

function nameOf({ method, path, what }: Recorded): string {
  const shown = typeof path === 'string' ? path : path({ key: '', token: '', decisionIds: NO_IDS, alertIds: NO_IDS })
  return cell(`${method} ${shown}${what === undefined ? '' : `, ${what}`}`)
}

/** Of one line, and nothing in it ends its cell. */
function cell(text: string): string {
  const line = text.replaceAll('\n', ' ⏎ ').replaceAll('|', '¦').replaceAll('<', '‹').trim()
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS - 1)}…` : line
}
