import { findLog, isSameFile, type LiveLog, liveLog } from './find-log.js'
import type { Mark } from './fingerprint.js'
import { OpenLog } from './open-log.js'
import { type RotatedLog, rotatedLogs } from './rotated-names.js'
import type { Troubles } from './trouble.js'

/** While files are renamed, a look at the folder may miss one: that often it is looked for. */
const MOST_LOOKS = 3

/**
 * The files of one log in the order they were written: the way from each to the next, however they
 * are called by then. Where it cannot tell yet, it says `undefined`, and is asked again later.
 */
export class LogTrail {
  readonly #path: string
  readonly #troubles: Troubles
  #looks = 0
  #isSettled = false
  /** Whether the next look may tell more even if nothing is written. */
  isUnsure = false
  /** Whether there was a current file at the last look. */
  isThere = true

  constructor(path: string, troubles: Troubles) {
    this.#path = path
    this.#troubles = troubles
  }

  /**
   * Where a follower begins that has no position: at the current file, or behind what was there
   * before it.
   */
  async begin(from: 'start' | 'end'): Promise<{ readonly log: OpenLog | undefined; readonly mark: Mark }> {
    const { older, live } = await this.#files()
    const isEmpty = live === undefined || live.size === 0
    const file = isEmpty ? older.at(-1) : live
    if (file === undefined) return { log: undefined, mark: NOWHERE }
    const log = await OpenLog.open(file.path)
    if (isEmpty) await log.passAll()
    else if (from === 'end') await log.goToLastLine()
    return { log, mark: log.offset > 0 ? log.mark() : await log.markOfStart() }
  }

  /**
   * Gives the file that a mark was made of, at the mark; if it is gone, the one that was written
   * next.
   */
  async find(mark: Mark): Promise<OpenLog | undefined> {
    const { older, live, all } = await this.#files()
    const found = await findLog(mark, all).catch(async (error: unknown) => {
      this.#troubles.unreadable(error)
      // Without the current file there is nothing to go on with.
      if (live !== undefined) await (await OpenLog.open(live.path)).close()
      return undefined
    })
    if (found !== undefined) return this.#sure(found)
    if (mark.headLength > 0) {
      if (!this.#hasLookedEnough()) return undefined
      if (all.length > 0) this.#tellLost(mark)
    }
    return this.#open(after(mark, older) ?? filled(live))
  }

  /** Gives the file that was written after this one, all of which was read. */
  async next(log: OpenLog): Promise<OpenLog | undefined> {
    const { older, live } = await this.#files()
    if (live !== undefined && isSameFile(live, log)) return this.#wait()
    const at = await this.#indexOf(log, older)
    if (at < 0 && !this.#hasLookedEnough()) return undefined
    const next = at < 0 ? after(log, older) : older[at + 1]
    if (next !== undefined) return this.#open(next)
    // Whoever writes may still have the old file open.
    const current = filled(live)
    if (current === undefined) return this.#wait()
    // A copy that is not finished: the current file still has all of it.
    const same = await findLog(log.mark(), [current])
    if (same !== undefined) return this.#sure(same)
    if (this.#isSettled) return this.#open(current)
    this.#isSettled = true
    this.isUnsure = true
    return undefined
  }

  /** Something was read: the writer is not done with this file. */
  hasRead(): void {
    this.#isSettled = false
    this.#looks = 0
  }

  async #indexOf(log: OpenLog, older: readonly RotatedLog[]): Promise<number> {
    const at = older.findIndex((file) => isSameFile(file, log))
    if (at >= 0) return at
    // It was packed, or copied to another disk.
    const found = await findLog(log.mark(), older).catch(() => undefined)
    await found?.close()
    return found === undefined ? -1 : older.findIndex((file) => isSameFile(file, found))
  }

  async #files() {
    const live = await liveLog(this.#path)
    this.isThere = live !== undefined
    const older = await rotatedLogs(this.#path).catch((error: unknown) => {
      // What cannot be listed can still be read by its name.
      this.#troubles.unreadable(error)
      return []
    })
    const others = older.filter((file) => live === undefined || !isSameFile(file, live))
    return { live, older: others, all: live === undefined ? others : [...others, live] }
  }

  async #open(file: RotatedLog | LiveLog | undefined): Promise<OpenLog | undefined> {
    if (file === undefined) return this.#wait()
    const log = await OpenLog.open(file.path)
    if (isSameFile(log, file)) return this.#sure(log)
    // It was renamed in between.
    await log.close()
    this.isUnsure = true
    return undefined
  }

  #sure(log: OpenLog): OpenLog {
    this.isUnsure = false
    this.hasRead()
    return log
  }

  #wait(): undefined {
    this.isUnsure = false
    return undefined
  }

  #hasLookedEnough(): boolean {
    this.#looks += 1
    this.isUnsure = this.#looks < MOST_LOOKS
    return !this.isUnsure
  }

  #tellLost({ offset }: Mark): void {
    this.#troubles.lost(
      `what was read of ${this.#path} is gone: lines behind its byte ${offset} that were not read yet are lost. Keep rotated files beside it until they were read.`,
    )
  }
}

/** Nothing was there yet: all there is by now is to be read. */
const NOWHERE: Mark = { dev: '', ino: '', offset: 0, headLength: 0, hash: '', mtimeMs: 0 }

/** What is empty may be cut or renamed before anything of it was read: it is not begun. */
function filled(live: LiveLog | undefined): LiveLog | undefined {
  return live?.size === 0 ? undefined : live
}

/** The oldest one that was written to after that. */
function after({ mtimeMs }: { readonly mtimeMs: number }, older: readonly RotatedLog[]): RotatedLog | undefined {
  return older.find((file) => file.mtimeMs > mtimeMs)
}
