import type { Contents, View } from '../contents/contents.js'
import { emptyStream } from '../contents/source.js'
import { LocalDecisions } from '../local/local-decisions.js'
import { withLocal, withoutLocal } from '../local/local-sources.js'
import type { DecisionSetOptions } from '../options.js'
import { Pace } from '../pacing/pace.js'
import { HeldDecisions } from '../views/held-decisions.js'
import type { Change, Changing } from './change.js'
import { ChangeFeed } from './change-feed.js'
import { type ApplyReport, Skipped } from './skipped.js'

/**
 * What is in force in a set, and the one place where that is replaced: a change is prepared beside
 * it and swapped in at once, and changes wait for each other.
 */
export class CurrentContents {
  readonly feed = new ChangeFeed()
  readonly #options: Required<DecisionSetOptions>
  #contents: Contents = { sources: [emptyStream()], allowlists: [] }
  #local: LocalDecisions
  #held: { readonly of: Contents; readonly held: HeldDecisions } | undefined
  #changing: Promise<unknown> = Promise.resolve()

  constructor(options: Required<DecisionSetOptions>) {
    this.#options = options
    this.#local = new LocalDecisions(options.keeper, options.now)
  }

  get contents(): Contents {
    return this.#contents
  }

  /** Without local decisions: those are kept elsewhere. */
  get toKeep(): Contents {
    return withoutLocal(this.#contents)
  }

  view(at = this.#options.now()): View {
    return { contents: this.#contents, now: at, remediations: this.#options.remediations }
  }

  /** All by its source; the same object until something changes. */
  held(): HeldDecisions {
    const { kept } = this.#local
    if (this.#held?.of !== this.#contents || this.#held.held.local !== kept)
      this.#held = { of: this.#contents, held: new HeldDecisions(this.toKeep, kept) }
    return this.#held.held
  }

  /** Swaps in what `prepare` makes of what is there. */
  change(prepare: (before: Contents, changing: Changing) => Change | Promise<Change>): Promise<ApplyReport> {
    return this.#exclusive(async () => {
      const { now, allowWide } = this.#options
      const skipped = new Skipped()
      const pace = new Pace()
      const { contents, added, removed } = await prepare(this.#contents, { now: now(), allowWide, skipped, pace })
      await this.#replace(contents, pace)
      return skipped.report(added, removed)
    })
  }

  /** Swaps in what `work` has made of a draft that begins as this is. */
  transaction<T>(draft: CurrentContents, work: () => Promise<T>): Promise<T> {
    return this.#exclusive(async () => {
      draft.#contents = this.#contents
      draft.#local = this.#local
      const result = await work()
      await this.#replace(draft.#contents, new Pace())
      return result
    })
  }

  /** Puts in what `change` makes of the local decisions; no other change is waited for. */
  async changeLocal<T>(change: (local: LocalDecisions) => Promise<T>): Promise<T> {
    const result = await change(this.#local)
    // A change of CAPI's may take as long as its downloads.
    await this.#replace(this.#contents, new Pace())
    return result
  }

  /** Takes the local decisions of other processes from the keeper. */
  async refreshLocal(): Promise<void> {
    if (await this.#local.refresh()) await this.#replace(this.#contents, new Pace())
  }

  #exclusive<T>(work: () => Promise<T>): Promise<T> {
    const change = this.#changing.then(work)
    this.#changing = change.catch(() => undefined)
    return change
  }

  async #replace(contents: Contents, pace: Pace): Promise<void> {
    this.#contents = withLocal(contents, this.#local.sources)
    await this.feed.tell(this.view(), pace)
  }
}
