import type { NowAnswer } from '../src/api/answers.js'
import { count, date } from './format.js'
import { Pill } from './pill.js'

const ENDPOINTS: Readonly<Record<string, string>> = {
  signals: 'Send signals',
  login: 'Log in',
  register: 'Register',
  enroll: 'Enroll',
  decisions: 'Pull decisions',
  metrics: 'Metrics',
}

/** Requests to CAPI, by endpoint and status. */
export function Requests({ requests, since }: { requests: NowAnswer['requests']; since: number }) {
  return (
    <section class="card">
      <h2>Requests to CAPI</h2>
      {requests.length === 0 ? (
        <p class="empty">
          This process has asked CAPI nothing since {date(since)}. What other processes ask is not here.
        </p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        <section class="scroll" tabindex={0} aria-label="Requests by endpoint and status">
          <table>
            <caption class="unseen">Requests by endpoint and status</caption>
            <thead>
              <tr>
                <th scope="col">Endpoint</th>
                <th scope="col">Answer</th>
                <th scope="col" class="number">
                  Last hour
                </th>
                <th scope="col" class="number">
                  Since {date(since)}
                </th>
              </tr>
            </thead>
            <tbody>
              {requests.map(({ endpoint, status, lastHour, total }) => (
                <tr key={`${endpoint} ${status}`}>
                  <th scope="row">{ENDPOINTS[endpoint] ?? endpoint}</th>
                  <td>
                    <Pill tone={toneOf(status)}>{status ?? 'no answer'}</Pill>
                  </td>
                  <td class="number">{count(lastHour)}</td>
                  <td class="number">{count(total)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  )
}

function toneOf(status: number | null): string {
  if (status === null || status >= 500) return 'bad'
  return status >= 400 ? 'warning' : 'good'
}
