import type { EnqueueResult, QueuedSignal } from '@cscapi/storage'
import type { Database } from '../connect/database.js'
import { isPassing } from '../errors.js'
import { enqueue, enqueueTogether } from './enqueue.js'

/** Statements at once; the calls that come meanwhile wait, and share the next one. */
const AT_ONCE = 2

/** A call that is larger does not wait for others, and a statement holds no more of them. */
const SIGNALS = 1_000
const CHARACTERS = 1_048_576

interface Call {
  readonly signals: readonly QueuedSignal[]
  readonly characters: number
  readonly resolve: (result: EnqueueResult) => void
  readonly reject: (error: unknown) => void
}

/**
 * The line in which small calls wait: a thousand callers at once cost some commits, not a thousand.
 * Each is told when its own signals are committed. Where the server refuses what stands together,
 * each is done alone, so that only the guilty call fails.
 */
export class EnqueueLine {
  readonly #database: Database
  readonly #waiting: Call[] = []
  #underWay = 0

  constructor(database: Database) {
    this.#database = database
  }

  add(signals: readonly QueuedSignal[]): Promise<EnqueueResult> {
    const characters = signals.reduce((sum, { payload }) => sum + payload.length, 0)
    if (signals.length >= SIGNALS || characters >= CHARACTERS) return enqueue(this.#database, signals)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ signals, characters, resolve, reject })
      if (this.#underWay < AT_ONCE) void this.#work()
    })
  }

  async #work(): Promise<void> {
    this.#underWay += 1
    while (this.#waiting.length > 0) await this.#commit(this.#next())
    this.#underWay -= 1
  }

  /** Takes the calls that go into one statement, the first in any case. */
  #next(): Call[] {
    let signals = 0
    let characters = 0
    let count = 0
    for (const call of this.#waiting) {
      signals += call.signals.length
      characters += call.characters
      if (count > 0 && (signals > SIGNALS || characters > CHARACTERS)) break
      count += 1
    }
    return this.#waiting.splice(0, count)
  }

  async #commit(calls: readonly Call[]): Promise<void> {
    const [first] = calls
    try {
      const results =
        calls.length === 1 && first !== undefined
          ? [await enqueue(this.#database, first.signals)]
          : await enqueueTogether(
              this.#database,
              calls.map((call) => call.signals),
            )
      calls.forEach((call, index) => {
        const result = results[index]
        if (result !== undefined) call.resolve(result)
      })
    } catch (error) {
      if (calls.length === 1 || isPassing(error)) for (const call of calls) call.reject(error)
      else for (const call of calls) await this.#commit([call])
    }
  }
}
