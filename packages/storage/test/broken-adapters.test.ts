import { describe, expect, test } from 'vitest'
import { conformanceCases, runCase } from '../src/conformance/index.js'
import { acknowledgedTooEarly } from './broken/acknowledged-too-early.js'
import { aheadBelieved } from './broken/ahead-believed.js'
import { attemptsNeverReset } from './broken/attempts-never-reset.js'
import { batchNotAtomic } from './broken/batch-not-atomic.js'
import type { BrokenAdapter } from './broken/broken-adapter.js'
import { duplicateStoredTwice } from './broken/duplicate-stored-twice.js'
import { expiredLeaseKept } from './broken/expired-lease-kept.js'
import { failingMachineWoken } from './broken/failing-machine-woken.js'
import { favouriteMachine } from './broken/favourite-machine.js'
import { largeSettleCut } from './broken/large-settle-cut.js'
import { lastContentWins } from './broken/last-content-wins.js'
import { lateSettleRefused } from './broken/late-settle-refused.js'
import { leaseGivenTwice } from './broken/lease-given-twice.js'
import { leasedSignalsDeleted } from './broken/leased-signals-deleted.js'
import { lockForEverybody } from './broken/lock-for-everybody.js'
import { lostSettleActs } from './broken/lost-settle-acts.js'
import { lostWakeUp } from './broken/lost-wake-up.js'
import { notFoundForAFailure } from './broken/not-found-for-a-failure.js'
import { onePage } from './broken/one-page.js'
import { orderedByUuid } from './broken/ordered-by-uuid.js'
import { passwordReplaced } from './broken/password-replaced.js'
import { putBackAtTheEnd } from './broken/put-back-at-the-end.js'
import { rejectedCountedAsSent } from './broken/rejected-counted-as-sent.js'
import { rolledBackWithAnotherCall } from './broken/rolled-back-with-another-call.js'
import { sentComesBack } from './broken/sent-comes-back.js'
import { sentTotalFalls } from './broken/sent-total-falls.js'
import { stateWithoutVersionCheck } from './broken/state-without-version-check.js'
import { versionRepeats } from './broken/version-repeats.js'
import { memoryStore } from './memory-store.js'

const brokenAdapters: readonly BrokenAdapter[] = [
  duplicateStoredTwice,
  lastContentWins,
  batchNotAtomic,
  acknowledgedTooEarly,
  rolledBackWithAnotherCall,
  leaseGivenTwice,
  lostSettleActs,
  lateSettleRefused,
  expiredLeaseKept,
  leasedSignalsDeleted,
  orderedByUuid,
  putBackAtTheEnd,
  sentComesBack,
  largeSettleCut,
  lostWakeUp,
  attemptsNeverReset,
  failingMachineWoken,
  favouriteMachine,
  onePage,
  rejectedCountedAsSent,
  stateWithoutVersionCheck,
  lockForEverybody,
  versionRepeats,
  notFoundForAFailure,
  passwordReplaced,
  aheadBelieved,
  sentTotalFalls,
]

/** The names of the cases that the adapter fails. */
async function failingCases({ Adapter }: BrokenAdapter): Promise<string[]> {
  const failing: string[] = []
  for (const conformanceCase of conformanceCases) {
    await runCase(conformanceCase, memoryStore(Adapter)).catch(() => failing.push(conformanceCase.name))
  }
  return failing
}

describe('an adapter that is wrong in one thing fails the cases about that thing and no others', () => {
  test.each(brokenAdapters)('$fault', async (broken) => {
    expect(await failingCases(broken)).toEqual(broken.fails)
  })
})
