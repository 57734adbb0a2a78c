import { describe, test } from 'vitest'
import { clockCases } from './cases/clock.js'
import { concurrencyCases } from './cases/concurrency.js'
import { enqueueCases } from './cases/enqueue.js'
import { expiryCases } from './cases/expiry.js'
import { failingCases } from './cases/failing.js'
import { leaseCases } from './cases/lease.js'
import { lifecycleCases } from './cases/lifecycle.js'
import { listingCases } from './cases/listing.js'
import { machineCases } from './cases/machines.js'
import { settleCases } from './cases/settle.js'
import { stateCases } from './cases/state.js'
import { statsCases } from './cases/stats.js'
import type { ConformanceCase, MakeEmptyStore } from './harness.js'
import { runCase } from './run-case.js'

export { drain, listAll } from './fixtures.js'
export {
  type CaseContext,
  type ConformanceCase,
  type EmptyStore,
  type MakeEmptyStore,
  type StoreClock,
  type StoreUnderTest,
  storeUnderTest,
} from './harness.js'
export { runCase } from './run-case.js'
export { shownOf } from './shown.js'

/** Every promise of the port, one case each. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...lifecycleCases,
  ...machineCases,
  ...failingCases,
  ...stateCases,
  ...enqueueCases,
  ...leaseCases,
  ...expiryCases,
  ...clockCases,
  ...settleCases,
  ...listingCases,
  ...statsCases,
  ...concurrencyCases,
]

export interface ConformanceOptions {
  /** The adapter, as test reports name it. */
  readonly name: string
  /** Makes the empty store of one case. */
  readonly emptyStore: MakeEmptyStore
  /**
   * Cases that do not apply. Each needs a reason, and a test of its own for what the adapter does
   * instead.
   */
  readonly skip?: readonly { readonly case: string; readonly reason: string }[]
}

/** Ends a case that hangs, and judges no machine for being slow. */
const HUNG_MS = 300_000

/**
 * Declares one vitest test per promise of the storage port.
 *
 * @throws Error when `skip` names a case that does not exist.
 */
export function storageConformance({ name, emptyStore, skip = [] }: ConformanceOptions): void {
  for (const { case: skipped } of skip) {
    if (!conformanceCases.some((known) => known.name === skipped))
      throw new Error(`there is no conformance case "${skipped}"`)
  }
  describe(`${name} keeps the promises of the storage port`, () => {
    for (const conformanceCase of conformanceCases) {
      if (skip.some((skipped) => skipped.case === conformanceCase.name)) continue
      test(conformanceCase.name, () => runCase(conformanceCase, emptyStore), HUNG_MS)
    }
  })
}
