import type { FormatName } from '../formats/format-names.js'
import { InputReader } from '../input-reader.js'
import type { InputCounts, InputItem } from '../line-reader.js'
import { cleaned } from '../lines/log-lines.js'
import type { InputOptions } from '../options.js'
import type { Mark } from './fingerprint.js'
import { LogFollower, type MarkedLine } from './log-follower.js'
import { type FollowOptions, type ReadFollowOptions, readFollowOptions } from './options.js'
import { type Position, StoredPosition } from './position.js'

/** How long a line may take from what it tells of to the file, in milliseconds. */
const LATE_MS = 60_000

/** How a file is followed, apart from what a format decides. */
export type FollowInputOptions = Omit<FollowOptions, 'longestLine'>

/** What some lines showed. */
export interface FollowedItems {
  /** Signals, and lines that are refused. May be empty: the position moved all the same. */
  readonly items: readonly InputItem[]
  /** All lines that were read so far, by every follower of this key. */
  readonly counts: Readonly<InputCounts>
  /**
   * The items are stored, for good, and so are those before them. Call it before the next ones are
   * asked for: later it does nothing, and the next commit stands for both.
   *
   * @throws InputError if another follower has moved the position; what the store throws
   */
  commit(): Promise<void>
}

/**
 * Follows a log as {@link followFile} does, and reads it as {@link readInput} does. An attack is told
 * once it is over, also when the log is silent from then on.
 *
 * The position and the attacks that are under way at it are stored as one value: no attack is lost
 * or begun anew by a restart, and the position never passes the first line of one that is neither
 * told nor stored with it.
 *
 * @throws InputError that names everything that is wrong with the arguments
 */
export function followInput(
  format: FormatName,
  path: string,
  input: InputOptions,
  options: FollowInputOptions,
): AsyncIterable<FollowedItems> {
  const { longestLine } = new InputReader(format, input)
  const read = readFollowOptions(path, { ...options, longestLine })
  return { [Symbol.asyncIterator]: () => itemsOf(format, input, read) }
}

async function* itemsOf(
  format: FormatName,
  input: InputOptions,
  options: ReadFollowOptions,
): AsyncGenerator<FollowedItems, void, undefined> {
  const position = new StoredPosition(options.store, options.key)
  const stored = await position.read()
  const reader = new InputReader(format, input, stored?.reader)
  const follower = new LogFollower(options, stored)
  try {
    let mark = await follower.begin()
    if (mark === undefined) return
    const at = (place: Mark): Position => ({ mark: place, lines: reader.counts.lines, reader: reader.save() })
    // What is rotated away before the first commit is found again, too.
    if (stored === undefined) await position.write(at(mark))
    for await (const piece of follower.pieces()) {
      const last = piece.at(-1)
      const items = last === undefined ? reader.advance(options.clock.now() - LATE_MS) : read(piece, reader)
      if (last === undefined && items.length === 0) continue
      mark = last?.mark() ?? mark
      const place = mark
      let isLatest = true
      const commit = async () => {
        if (isLatest) await position.write(at(place))
      }
      yield { items, counts: reader.counts, commit }
      isLatest = false
    }
  } finally {
    await follower.close()
  }
}

function read(piece: readonly MarkedLine[], reader: InputReader): InputItem[] {
  return piece.flatMap(({ text }) => reader.read(cleaned(text, reader.longestLine)))
}
