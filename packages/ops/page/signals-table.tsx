import type { SignalsAnswer } from '../src/api/answers.js'
import { pretty, relative } from './format.js'
import { useLive } from './live.js'
import { LongText } from './long-text.js'
import { Pill } from './pill.js'

/** Shows signals with their exact JSON; the reason where they are dead letters. */
export function SignalsTable({ signals, caption }: { signals: SignalsAnswer['signals']; caption: string }) {
  const at = useLive((live) => live.at)
  const isDead = signals.some(({ reason }) => reason !== null)
  return (
    <table class="stacked">
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{isDead ? 'Rejected' : 'Added'}</th>
          <th scope="col">Address</th>
          <th scope="col">Scenario</th>
          {isDead && <th scope="col">CAPI's message</th>}
          <th scope="col">Machine</th>
          <th scope="col">
            <span class="unseen">JSON</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {signals.map(({ machineId, uuid, since, scenario, address, reason, status, json }) => (
          <tr key={`${machineId} ${uuid}`}>
            <td data-name={isDead ? 'Rejected' : 'Added'} class="nowrap">
              {relative(since, at)}
            </td>
            <td data-name="Address">
              <span class="mono">{address ?? '—'}</span>
            </td>
            <td data-name="Scenario" class="wrap-anywhere">
              {scenario ?? '—'}
            </td>
            {isDead && (
              <td data-name="Message" class="wrap-anywhere">
                {status !== null && <Pill tone="bad">{status}</Pill>} <LongText text={reason ?? ''} />
              </td>
            )}
            <td data-name="Machine">
              <MachineId id={machineId} />
            </td>
            <td class="end">
              <details>
                <summary>JSON</summary>
                <pre tabindex={0}>{pretty(json)}</pre>
              </details>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/**
 * Shows an id of 48 characters, cut in the middle; whole where one points at it, and when it is
 * copied.
 */
export function MachineId({ id }: { id: string }) {
  return (
    <span class="mono id" title={id}>
      <span>{id.slice(0, -6)}</span>
      <span>{id.slice(-6)}</span>
    </span>
  )
}
