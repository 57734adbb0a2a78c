import type { InputCounts, InputItem, LineReader } from './line-reader.js'
import { type InputLines, inputLines } from './lines/input-lines.js'

/** What an input tells, as it is read: signals, and lines that are refused. */
export interface InputReading extends AsyncIterable<InputItem> {
  /** What was read so far. */
  readonly counts: Readonly<InputCounts>
}

/** Gives the lines of an input to a reader, as they are asked for. */
export function readLines(reader: LineReader, lines: InputLines): InputReading {
  const items = itemsOf(reader, lines)
  return { counts: reader.counts, [Symbol.asyncIterator]: () => items }
}

async function* itemsOf(reader: LineReader, lines: InputLines): AsyncGenerator<InputItem> {
  for await (const line of inputLines(lines, reader.longestLine)) yield* reader.read(line)
  yield* reader.end()
}
