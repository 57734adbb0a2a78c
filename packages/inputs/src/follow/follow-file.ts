import type { Mark } from './fingerprint.js'
import { LogFollower, type MarkedLine } from './log-follower.js'
import { type FollowOptions, type ReadFollowOptions, readFollowOptions } from './options.js'
import { StoredPosition } from './position.js'

/** A line of a log that is followed, without its end. */
export interface FollowedLine {
  /** What is no UTF-8 is U+FFFD. */
  readonly text: string
  /** Counted from 1 since the follower of this key began, restarts included. */
  readonly number: number
  /** The file that its end was read from, as it was called then. */
  readonly file: string
  /** Bytes of the file up to its end, and with it. */
  readonly offset: number
}

/** The lines of a log, and how far they are done with. */
export interface FollowedFile extends AsyncIterable<FollowedLine> {
  /**
   * All lines that were given are done with, for good: another follower of this key begins behind
   * the last of them.
   *
   * @throws InputError if another follower has moved the position; what the store throws
   */
  commit(): Promise<void>
}

/**
 * Follows a log while it is written: through rotation by rename and by copy and truncate, in files
 * that were packed with gzip, from where the last follower committed. A log is one stream of bytes
 * through all its files; a line is given once it is whole. Read it once.
 *
 * What was given and not committed comes again after a restart: store first, then commit.
 *
 * @throws InputError that names everything that is wrong with the arguments
 */
export function followFile(path: string, options: FollowOptions): FollowedFile {
  return new Lines(readFollowOptions(path, options))
}

class Lines implements FollowedFile {
  readonly #options: ReadFollowOptions
  readonly #position: StoredPosition
  #given: { readonly mark: () => Mark; readonly lines: number } | undefined

  constructor(options: ReadFollowOptions) {
    this.#options = options
    this.#position = new StoredPosition(options.store, options.key)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<FollowedLine, void, undefined> {
    const stored = await this.#position.read()
    const follower = new LogFollower(this.#options, stored)
    try {
      const mark = await follower.begin()
      // What is rotated away before the first commit is found again, too.
      if (stored === undefined && mark !== undefined) await this.#position.write({ mark, lines: 0 })
      let lines = stored?.lines ?? 0
      for await (const piece of follower.pieces()) {
        for (const line of piece) {
          lines += 1
          this.#given = { mark: line.mark, lines }
          yield followed(line, lines)
        }
      }
    } finally {
      await follower.close()
    }
  }

  async commit(): Promise<void> {
    const given = this.#given
    if (given !== undefined) await this.#position.write({ mark: given.mark(), lines: given.lines })
  }
}

function followed({ text, file, offset }: MarkedLine, number: number): FollowedLine {
  return { text, number, file, offset }
}
