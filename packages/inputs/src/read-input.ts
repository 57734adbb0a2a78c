import type { FormatName } from './formats/format-names.js'
import { InputReader } from './input-reader.js'
import { type InputReading, readLines } from './input-reading.js'
import type { InputLines } from './lines/input-lines.js'
import type { InputOptions } from './options.js'

/**
 * Reads what another program wrote, and yields the signal of each attack once that is over, and
 * each line that is refused, with its number and the reason. It reads as you take, in flat memory.
 * Reading the same input again gives the same signals, uuids too.
 *
 * @throws InputError at once for a format or an option that is wrong; while reading, where the input
 * is no text at all
 */
export function readInput(format: FormatName, lines: InputLines, options: InputOptions): InputReading {
  return readLines(new InputReader(format, options), lines)
}
