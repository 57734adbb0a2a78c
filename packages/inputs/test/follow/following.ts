import { type FollowedFile, type FollowOptions, type FollowTrouble, followFile } from '../../src/index.js'
import { MemoryStore } from './memory-store.js'
import { PollClock } from './poll-clock.js'

/**
 * A consumer of a followed file that counts as done what it has committed, in the order of the
 * store: it survives its followers.
 */
export class Consumer {
  readonly store = new MemoryStore()
  /** Lines that were committed. */
  readonly done: string[] = []
  readonly troubles: FollowTrouble[] = []
  /** Lines that were given since. */
  given: string[] = []
  readonly #path: string
  readonly #options: Partial<FollowOptions>
  #clock = new PollClock()
  #stop = new AbortController()
  #file: FollowedFile | undefined
  #ended: Promise<void> = Promise.resolve()

  constructor(path: string, options: Partial<FollowOptions> = {}) {
    this.#path = path
    this.#options = options
  }

  /** Begins, and reads what is there. */
  async start(): Promise<void> {
    this.#clock = new PollClock()
    this.#stop = new AbortController()
    this.given = []
    this.#file = followFile(this.#path, {
      store: this.store,
      clock: this.#clock,
      signal: this.#stop.signal,
      onTrouble: (trouble) => this.troubles.push(trouble),
      ...this.#options,
    })
    const looked = this.#clock.looks()
    this.#ended = this.#take(this.#file, this.given)
    await looked
  }

  looks(times = 1): Promise<void> {
    return this.#clock.looks(times)
  }

  async commit(): Promise<void> {
    await this.#file?.commit()
    this.done.push(...this.given.splice(0))
  }

  /** What was given and not committed is gone with it. */
  async kill(): Promise<void> {
    this.#stop.abort()
    await this.#ended
  }

  /** With `until: 'end'`: all there is, committed. */
  async readToEnd(): Promise<void> {
    const file = followFile(this.#path, {
      store: this.store,
      clock: { now: () => 0, sleep: async () => {} },
      onTrouble: (trouble) => this.troubles.push(trouble),
      ...this.#options,
    })
    for await (const { text } of file) this.done.push(text)
    await file.commit()
  }

  /** Looks until nothing comes any more, commits, and ends. */
  async finish(): Promise<string[]> {
    await this.looks(20)
    await this.commit()
    await this.kill()
    return this.done
  }

  async #take(file: FollowedFile, given: string[]): Promise<void> {
    for await (const { text } of file) given.push(text)
  }
}
