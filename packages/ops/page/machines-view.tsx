import { useState } from 'preact/hooks'
import type { MachinesAnswer } from '../src/api/answers.js'
import { ActionButton } from './action-button.js'
import { count, counted, relative } from './format.js'
import { useLive } from './live.js'
import { Loading } from './loading.js'
import { LongText } from './long-text.js'
import { type Paged, usePaged } from './paged.js'
import { Pager } from './pager.js'
import { Pill } from './pill.js'
import { MachineId } from './signals-table.js'
import { useLater } from './use-later.js'

type Machine = MachinesAnswer['machines'][number]

const STATES = [
  ['all', 'All'],
  ['ready', 'Logged in'],
  ['waiting', 'Waiting'],
  ['new', 'New'],
  ['failing', 'Failing'],
] as const

const TONES: Readonly<Record<Machine['state'], string>> = {
  ready: 'good',
  waiting: 'plain',
  new: 'plain',
  failing: 'bad',
}

export function MachinesView() {
  const machines = useLive(({ now }) => now?.machines)
  const [search, setSearch] = useState('')
  const [state, setState] = useState<string>('all')
  const wanted = useLater(search.trim())
  const paged = usePaged<MachinesAnswer>('api/machines', { search: wanted, state }, JSON.stringify(machines))
  const { answer, error, reload } = paged
  const total = machines?.total ?? 0
  const failing = machines?.failing ?? 0
  return (
    <section class="card">
      <div class="card-head">
        <div>
          <h2>Machines</h2>
          <p class="note">
            {counted(total, 'machine')} in the store, {failing === 0 ? 'none' : count(failing)} failing. A machine is
            what CAPI knows a sender of signals by.
          </p>
        </div>
        {failing > 0 && (
          <div class="actions">
            <ActionButton
              action="revive"
              body={{}}
              label="Revive failing"
              title={`Try ${counted(failing, 'failing machine')} again now?`}
              confirm="Revive"
              done={(changed) => `${counted(changed, 'machine')} revived`}
              onDone={reload}
            >
              <p>
                Each is tried with its next signal. One that CAPI still refuses costs a login, and fails again: correct
                what its message says first.
              </p>
            </ActionButton>
          </div>
        )}
      </div>
      <div class="filters">
        <label class="grow">
          Search
          <input
            type="search"
            value={search}
            placeholder="Any part of an id"
            maxlength={64}
            onInput={({ currentTarget }) => setSearch(currentTarget.value)}
          />
        </label>
        <label>
          State
          <select value={state} onChange={({ currentTarget }) => setState(currentTarget.value)}>
            {STATES.map(([name, title]) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
        </label>
      </div>
      {error !== undefined && <p class="outcome bad">{error}</p>}
      {answer === undefined ? (
        error === undefined && <Loading />
      ) : answer.machines.length === 0 ? (
        <Nobody isFiltered={wanted !== '' || state !== 'all'} next={answer.next} />
      ) : (
        <MachinesTable machines={answer.machines} />
      )}
      <Pager paged={paged}>{pageWords(paged, total, wanted !== '' || state !== 'all')}</Pager>
    </section>
  )
}

/** Machines whose signals were never sent are counted, and have nothing to show yet. */
function pageWords({ answer, isFirst }: Paged<MachinesAnswer>, total: number, isFiltered: boolean): string {
  if (answer === undefined) return ''
  const shown = answer.machines.length
  if (isFiltered) return `${counted(shown, 'match', 'matches')} among ${count(answer.looked)} machines`
  const more = total - shown
  if (!isFirst || answer.next !== null || more <= 0 || shown === 0) return ''
  return `${counted(more, 'more machine')} only ${more === 1 ? 'has' : 'have'} signals that wait for the first sending run.`
}

function Nobody({ isFiltered, next }: { isFiltered: boolean; next: string | null }) {
  if (isFiltered) {
    return <p class="empty">{next === null ? 'No machine matches.' : 'None among these; go on with the next page.'}</p>
  }
  return (
    <div class="empty big">
      <h3>No machines yet</h3>
      <p>
        A machine comes with its first signal: <code>addSignals()</code> notes it, and the first sending run registers
        it with CAPI.
      </p>
    </div>
  )
}

function MachinesTable({ machines }: { machines: readonly Machine[] }) {
  const at = useLive((live) => live.at)
  return (
    <table class="stacked">
      <caption class="unseen">Machines</caption>
      <thead>
        <tr>
          <th scope="col">Machine</th>
          <th scope="col">State</th>
          <th scope="col">Token</th>
          <th scope="col">Console</th>
          <th scope="col">What to do</th>
        </tr>
      </thead>
      <tbody>
        {machines.map((machine) => (
          <tr key={machine.machineId}>
            <td data-name="Machine">
              <MachineId id={machine.machineId} />
            </td>
            <td data-name="State">
              <Pill tone={TONES[machine.state]}>{machine.title}</Pill>
            </td>
            <td data-name="Token" class="nowrap">
              {tokenWords(machine, at)}
            </td>
            <td data-name="Console">{machine.enrolled ? (machine.subscription ?? 'enrolled') : '—'}</td>
            <td data-name="What to do" class="wrap-anywhere">
              <Advice machine={machine} at={at} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function tokenWords({ token }: Machine, at: number): string {
  if (token === null) return '—'
  if (token.expiresAt === null) return 'does not say'
  return token.expiresAt <= at ? `expired ${relative(token.expiresAt, at)}` : `expires ${relative(token.expiresAt, at)}`
}

function Advice({ machine: { failing, advice }, at }: { machine: Machine; at: number }) {
  if (failing === null) return <span class="note">{advice ?? 'Nothing'}</span>
  return (
    <>
      {advice}
      <span class="note block">
        {failing.message !== null && <LongText text={`“${failing.message}” · `} />}tried again{' '}
        {relative(failing.retryAt, at)} · {counted(failing.count, 'time')} since {relative(failing.since, at)}
      </span>
    </>
  )
}
