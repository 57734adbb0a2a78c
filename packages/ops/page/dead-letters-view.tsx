import { useState } from 'preact/hooks'
import type { SignalsAnswer } from '../src/api/answers.js'
import { ActionButton } from './action-button.js'
import { counted } from './format.js'
import { useLive } from './live.js'
import { Loading } from './loading.js'
import { usePaged } from './paged.js'
import { Pager } from './pager.js'
import { SignalsTable } from './signals-table.js'
import { useLater } from './use-later.js'

const HOUR_MS = 3_600_000
const AGES = [
  [0, 'whatever their age'],
  [HOUR_MS, 'older than an hour'],
  [24 * HOUR_MS, 'older than a day'],
  [7 * 24 * HOUR_MS, 'older than a week'],
] as const

/** Signals that CAPI refused for good. */
export function DeadLettersView() {
  const rejected = useLive(({ now }) => now?.queue.rejected ?? 0)
  const [machine, setMachine] = useState('')
  const [olderThanMs, setOlderThanMs] = useState(0)
  const machineId = useLater(machine.trim())
  const paged = usePaged<SignalsAnswer>('api/dead-letters', { machineId }, rejected)
  const { answer, error, reload } = paged
  const scope = machineId === '' ? {} : { machineId }
  const whose = machineId === '' ? 'of all machines' : 'of this machine'
  const isEmpty = rejected === 0 && answer?.signals.length === 0
  return (
    <section class="card">
      <div class="card-head">
        <div>
          <h2>Dead letters</h2>
          <p class="note">
            {counted(rejected, 'signal')} that CAPI refused for good. They stay here until you requeue or purge them.
          </p>
        </div>
        {!isEmpty && (
          <div class="actions">
            <ActionButton
              action="requeue"
              body={scope}
              label="Requeue"
              title={`Requeue the dead letters ${whose}?`}
              confirm="Requeue"
              done={(changed) => `${counted(changed, 'signal')} requeued`}
              onDone={reload}
            >
              <p>They are sent again as they are. What CAPI refused for its content, it refuses again.</p>
            </ActionButton>
            <ActionButton
              action="purge"
              body={{ ...scope, olderThanMs }}
              label="Purge…"
              title={`Purge the dead letters ${whose}?`}
              confirm="Purge"
              danger
              done={(changed) => `${counted(changed, 'signal')} purged`}
              onDone={reload}
            >
              <p>They are deleted from the store, and nobody can bring them back.</p>
              <label>
                Which ones
                <select
                  value={olderThanMs}
                  onChange={({ currentTarget }) => setOlderThanMs(Number(currentTarget.value))}
                >
                  {AGES.map(([ms, words]) => (
                    <option key={ms} value={ms}>
                      {words}
                    </option>
                  ))}
                </select>
              </label>
            </ActionButton>
          </div>
        )}
      </div>
      {!isEmpty && (
        <div class="filters">
          <label class="grow">
            Machine
            <input
              type="search"
              value={machine}
              placeholder="Whole id, or empty for all machines"
              onInput={({ currentTarget }) => setMachine(currentTarget.value)}
            />
          </label>
        </div>
      )}
      {error !== undefined && <p class="outcome bad">{error}</p>}
      {answer === undefined ? (
        error === undefined && <Loading />
      ) : isEmpty ? (
        <div class="empty big">
          <h3>No dead letters</h3>
          <p>
            CAPI has taken everything that it was sent. A signal that it refuses for good is kept here, with its
            message.
          </p>
        </div>
      ) : answer.signals.length === 0 ? (
        <p class="empty">This machine has no dead letters.</p>
      ) : (
        <SignalsTable signals={answer.signals} caption="Dead letters" />
      )}
      <Pager paged={paged} />
    </section>
  )
}
