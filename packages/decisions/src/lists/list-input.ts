import { InputError, type InputIssue, printable } from '@cscapi/signals'
import type { Pace } from '../pacing/pace.js'

/** The lines of a downloaded list. */
export type Lines = Iterable<string> | AsyncIterable<string>

/** @throws InputError when what is given is nothing to read a list from */
export function checkList(what: string, info: unknown, fields: readonly string[], lines: unknown): void {
  const issues: InputIssue[] = []
  if (typeof info !== 'object' || info === null)
    issues.push({ path: 'list', value: printable(info), rule: `must be an object with ${fields.join(', ')}` })
  else
    for (const field of fields) {
      const text: unknown = Reflect.get(info, field)
      if (typeof text !== 'string') issues.push({ path: field, value: printable(text), rule: 'must be text' })
    }
  const isIterable =
    typeof lines === 'object' && lines !== null && (Symbol.iterator in lines || Symbol.asyncIterator in lines)
  if (!isIterable)
    issues.push({ path: 'lines', value: printable(lines), rule: 'must be a list or an async iterable of lines' })
  if (issues.length > 0) throw new InputError(`The ${what} was not read`, issues)
}

/** @throws InputError for a line that is no text; what `lines` throws */
export async function eachLine(lines: Lines, pace: Pace, visit: (line: string, index: number) => void): Promise<void> {
  const take = (line: unknown, index: number) => {
    if (typeof line === 'string') return visit(line, index)
    const issue = { path: `lines[${index}]`, value: printable(line), rule: 'must be text' }
    throw new InputError('The list was not read', [issue])
  }
  // The longer a line, the more work it is.
  await pace.each(lines, take, (line) => 1 + (line.length >>> 5))
}
