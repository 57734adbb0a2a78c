import type { FormatName } from './formats/format-names.js'
import { formatNamed } from './formats/formats.js'
import { LineReader } from './line-reader.js'
import type { InputOptions } from './options.js'

/**
 * Reads lines of one input, one at a time: what {@link readInput} does, for programs that follow an
 * input while it is written. Nothing in it waits; time passes where `advance` is called.
 */
export class InputReader extends LineReader {
  /**
   * @param saved what an earlier reader of the same input and options saved: reading goes on there
   * @throws InputError that names everything that is wrong
   */
  constructor(format: FormatName, options: InputOptions, saved?: unknown) {
    super(formatNamed(format), options, saved)
  }
}
