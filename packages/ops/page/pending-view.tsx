import type { SignalsAnswer } from '../src/api/answers.js'
import { counted } from './format.js'
import { useLive } from './live.js'
import { Loading } from './loading.js'
import { usePaged } from './paged.js'
import { Pager } from './pager.js'
import { SignalsTable } from './signals-table.js'

/** Shows what would leave. */
export function PendingView() {
  const waiting = useLive(({ now }) => (now?.queue.pending ?? 0) + (now?.queue.leased ?? 0))
  const sent = useLive(({ now }) => now?.queue.sent)
  const paged = usePaged<SignalsAnswer>('api/pending', {}, `${waiting} ${sent}`)
  const { answer, error } = paged
  return (
    <section class="card">
      <div class="card-head">
        <div>
          <h2>What would leave</h2>
          <p class="note">
            {counted(waiting, 'signal')} in the store, oldest first within a machine. The JSON is exactly what CAPI
            gets.
          </p>
        </div>
      </div>
      {error !== undefined && <p class="outcome bad">{error}</p>}
      {answer === undefined ? (
        error === undefined && <Loading />
      ) : answer.signals.length === 0 ? (
        <div class="empty big">
          <h3>Nothing waits</h3>
          <p>
            Every signal has left. New ones appear here from the moment a program calls <code>addSignals()</code> until
            CAPI has taken them.
          </p>
        </div>
      ) : (
        <SignalsTable signals={answer.signals} caption="Signals that wait" />
      )}
      <Pager paged={paged} />
    </section>
  )
}
