import type { FormatName } from './formats/formats.js'
import { type InputCounts, type InputItem, InputReader } from './input-reader.js'
import { type InputLines, inputLines } from './lines/input-lines.js'
import type { InputOptions } from './options.js'

/** What an input tells, as it is read: signals, and lines that are refused. */
export interface InputReading extends AsyncIterable<InputItem> {
  /** What was read so far. */
  readonly counts: Readonly<InputCounts>
}

/**
 * Reads what another program wrote, and yields the signal of each attack once that is over, and
 * each line that is refused, with its number and the reason. It reads as you take, in flat memory.
 * Reading the same input again gives the same signals, uuids too.
 *
 * @throws InputError at once for a format or an option that is wrong; while reading, where the input
 * is no text at all
 */
export function readInput(format: FormatName, lines: InputLines, options: InputOptions): InputReading {
  const reader = new InputReader(format, options)
  const items = itemsOf(reader, lines)
  return { counts: reader.counts, [Symbol.asyncIterator]: () => items }
}

async function* itemsOf(reader: InputReader, lines: InputLines): AsyncGenerator<InputItem> {
  for await (const line of inputLines(lines, reader.longestLine)) yield* reader.read(line)
  yield* reader.end()
}
