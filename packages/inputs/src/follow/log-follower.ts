import type { Mark } from './fingerprint.js'
import { LineCutter } from './line-cutter.js'
import { LogTrail } from './log-trail.js'
import type { Chunk, OpenLog } from './open-log.js'
import type { ReadFollowOptions } from './options.js'
import type { Position } from './position.js'
import { Troubles } from './trouble.js'

/** So often a packed file is read again that could not be read to its end. */
const MOST_FAILURES = 3

/** A line, and the place behind it. */
export interface MarkedLine {
  readonly text: string
  readonly file: string
  /** Bytes of the file up to there. */
  readonly offset: number
  readonly mark: () => Mark
}

/**
 * Reads a log through all its files as one stream of bytes: what one ends with in the middle of a
 * line goes on in the next. Yields the lines of one piece after the other, and an empty list each
 * time it has come to the end of what there is.
 */
export class LogFollower {
  readonly #options: ReadFollowOptions
  readonly #troubles: Troubles
  readonly #trail: LogTrail
  readonly #cutter: LineCutter
  #log: OpenLog | undefined
  /** A packed file that cannot be read further. */
  #broken: OpenLog | undefined
  #failures = 0
  /** Where reading goes on when no file is open. */
  #mark: Mark | undefined

  constructor(options: ReadFollowOptions, position: Position | undefined) {
    this.#options = options
    this.#troubles = new Troubles(options.path, options.onTrouble)
    this.#trail = new LogTrail(options.path, this.#troubles)
    this.#cutter = new LineCutter(options.longestLine)
    this.#mark = position?.mark
  }

  /** Where it begins. A file that cannot be read now is waited for. */
  async begin(): Promise<Mark | undefined> {
    while (this.#mark === undefined && !this.#isAborted) {
      try {
        const { log, mark } = await this.#trail.begin(this.#options.from)
        this.#log = log
        this.#mark = mark
      } catch (error) {
        this.#troubles.unreadable(error)
        if (this.#options.until === 'end') return undefined
        await this.#sleep()
      }
    }
    return this.#mark
  }

  async *pieces(): AsyncGenerator<readonly MarkedLine[], void, undefined> {
    try {
      while (!this.#isAborted) {
        yield* this.#readAll()
        if (this.#options.until === 'end' && !this.#trail.isUnsure) {
          const log = this.#log
          if (this.#options.halfLine && log !== undefined) yield this.#rest(log.path, log.mark())
          return
        }
        yield []
        await this.#sleep()
      }
    } finally {
      await this.close()
    }
  }

  async close(): Promise<void> {
    const log = this.#log
    this.#log = undefined
    await log?.close()
  }

  get #isAborted(): boolean {
    return this.#options.signal?.aborted === true
  }

  /** Gives all that is there now, up to the first trouble. */
  async *#readAll(): AsyncGenerator<readonly MarkedLine[], void, undefined> {
    while (!this.#isAborted) {
      const read = await this.#read().catch(async (error: unknown) => {
        this.#troubles.unreadable(error)
        if (this.#log?.isCompressed === true) await this.#doubt(this.#log)
        return undefined
      })
      if (read === undefined) return
      if (read.length > 0) yield read
    }
  }

  /** Gives the lines of the next piece, if there is one; `undefined` if there is none for now. */
  async #read(): Promise<readonly MarkedLine[] | undefined> {
    const log = this.#log
    if (log === undefined) return this.#open()
    if (!(await log.isUncut())) {
      await this.#leave()
      return []
    }
    const chunk = log === this.#broken ? undefined : await log.read()
    if (chunk !== undefined) {
      this.#trail.hasRead()
      this.#troubles.over()
      return this.#linesOf(chunk, log.path)
    }
    if (log.offset === 0 && !log.isCompressed) {
      // Emptied again: it is known by nothing, so the last place that is known counts.
      await this.close()
      return undefined
    }
    const next = await this.#trail.next(log)
    if (next === undefined) return undefined
    if (log.offset > 0) this.#mark = log.mark()
    const rest = log === this.#broken ? this.#rest(log.path, log.mark()) : []
    await log.close()
    this.#log = next
    this.#failures = 0
    return rest
  }

  /** Opens the file in which reading goes on. */
  async #open(): Promise<readonly MarkedLine[] | undefined> {
    const mark = this.#mark
    if (mark === undefined) return undefined
    this.#log = await this.#trail.find(mark)
    if (this.#log === undefined) {
      if (!this.#trail.isThere) this.#troubles.missing()
      return undefined
    }
    return this.#log.offset === mark.offset ? [] : this.#rest(this.#options.path, mark)
  }

  /** The file may be in the making; if not, what comes behind the damage is lost. */
  async #doubt(log: OpenLog): Promise<void> {
    this.#failures += 1
    if (this.#failures < MOST_FAILURES) return this.#leave()
    this.#broken = log
    this.#troubles.lost(`${log.path} is damaged: its lines behind byte ${log.offset} of what it holds are lost`)
  }

  /** What was read is looked for under another name. */
  async #leave(): Promise<void> {
    if (this.#log !== undefined && this.#log.offset > 0) this.#mark = this.#log.mark()
    await this.close()
  }

  #linesOf(chunk: Chunk, file: string): MarkedLine[] {
    const { bytes, start, markAt } = chunk
    const cut = [...this.#cutter.cut(bytes)]
    return cut.map(({ text, end }) => ({ text, file, offset: start + end, mark: () => markAt(end) }))
  }

  /** Gives the line whose end is missing. */
  #rest(file: string, mark: Mark): MarkedLine[] {
    return this.#cutter.isInLine ? [{ text: this.#cutter.takeRest(), file, offset: mark.offset, mark: () => mark }] : []
  }

  /** Ends early, and in silence, when it is aborted. */
  async #sleep(): Promise<void> {
    const { clock, pollMs, signal } = this.#options
    await clock.sleep(pollMs, signal).catch((error: unknown) => {
      if (!this.#isAborted) throw error
    })
  }
}
