import { readFileSync } from 'node:fs'

/**
 * One `ts` or `js` block of a README, or several where the later ones go on with the names of the
 * first.
 */
export interface Example {
  readme: string
  /**
   * What is compiled. Its lines stand where they stand in the README, so that a message names the
   * right one.
   */
  code: string
}

/**
 * The `ts` and `js` blocks of a README. A block that imports something starts a program; one that does not
 * goes on with the program before it, in a scope of its own, since such examples often declare a
 * name again.
 */
export function readExamples(readme: string): Example[] {
  const programs: { lines: string[]; open: number }[] = []
  let inBlock = false
  let block: string[] = []
  let start = 0
  for (const [index, line] of readFileSync(readme, 'utf8').split('\n').entries()) {
    if (!inBlock) {
      inBlock = /^```(ts|js)$/.test(line.trimEnd())
      start = index + 1
      block = []
    } else if (line.trimEnd() === '```') {
      inBlock = false
      append(programs, block, start)
    } else {
      block.push(line)
    }
  }
  return programs.map(({ lines, open }) => ({ readme, code: [...lines, '}'.repeat(open)].join('\n') }))
}

function append(programs: { lines: string[]; open: number }[], block: string[], start: number): void {
  const before = programs.at(-1)
  if (before === undefined || block.some((line) => line.startsWith('import '))) {
    programs.push({ lines: [...blank(start), ...block], open: 0 })
    return
  }
  const gap = blank(start - before.lines.length)
  gap[gap.length - 1] = '{'
  before.lines.push(...gap, ...block)
  before.open += 1
}

const blank = (count: number): string[] => Array.from({ length: count }, () => '')
