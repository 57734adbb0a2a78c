import { IpNetwork, isAddressScope } from '@cscapi/signals'
import type { View } from '../contents/contents.js'
import type { ActiveDecision } from '../lookup/active-decision.js'
import { listEntries } from '../lookup/listing.js'
import { lookUpExact } from '../lookup/lookup.js'
import { lookUpScoped } from '../lookup/scoped-lookup.js'
import type { Pace } from '../pacing/pace.js'

/** Canonical values that came into force, and that are not in force any more. */
export interface DecisionChange {
  /** What is blocked from now on. */
  readonly added: readonly string[]
  /** What is not blocked any more. */
  readonly removed: readonly string[]
}

/** What is called at each change of the set. */
export type ChangeListener = (change: DecisionChange) => void

/**
 * Tells listeners what differs from what they were told before; costs nothing while nobody listens.
 */
export class ChangeFeed {
  readonly #listeners = new Set<ChangeListener>()
  #told: View | undefined

  /** The first listener is told of changes from now on; `view` is what is in force. */
  add(listener: ChangeListener, view: View): () => void {
    this.#told ??= view
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#told = undefined
    }
  }

  async tell(view: View, pace: Pace): Promise<void> {
    const before = this.#told
    if (before === undefined) return
    const added = await missingIn(before, view, pace)
    const removed = await missingIn(view, before, pace)
    if (this.#told !== before) return
    this.#told = view
    if (added.length === 0 && removed.length === 0) return
    for (const listener of this.#listeners) listener({ added, removed })
  }
}

/** The values of `of` that are not in force in `view`. */
async function missingIn(view: View, of: View, pace: Pace): Promise<string[]> {
  const missing: string[] = []
  for (const entry of listEntries(of)) {
    if (entry === undefined) await pace.turn()
    else if (!isInForce(view, entry)) missing.push(entry.value)
  }
  return missing
}

const NETWORK = new IpNetwork()

function isInForce({ contents, now, remediations }: View, { scope, value }: ActiveDecision): boolean {
  if (!isAddressScope(scope)) return lookUpScoped(contents, scope, value, now, remediations) !== undefined
  return NETWORK.read(value) && lookUpExact(contents, NETWORK, now, remediations) !== undefined
}
