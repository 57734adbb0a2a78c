import { useEffect, useState } from 'preact/hooks'
import type { BlocklistAnswer, CheckAnswer, DecisionAnswer } from '../src/api/answers.js'
import { ask } from './api.js'
import { count, counted, date, relative } from './format.js'
import { useLive } from './live.js'
import { Loading } from './loading.js'
import { LongText } from './long-text.js'
import { Pill } from './pill.js'

const EVERY_MS = 60_000
const AGAIN_MS = 4_000

export function BlocklistView() {
  const [answer, setAnswer] = useState<BlocklistAnswer>()
  const [error, setError] = useState<string>()
  const lastPull = useLive(({ log }) => log.findLast(({ kind }) => kind === 'pulled')?.id)
  const connection = useLive((live) => live.connection)
  useEffect(() => {
    const load = () =>
      ask<BlocklistAnswer>('api/blocklist').then(
        (given) => {
          setAnswer(given)
          setError(undefined)
        },
        (failure: Error) => setError(failure.message),
      )
    void load()
    const timer = setInterval(load, error === undefined ? EVERY_MS : AGAIN_MS)
    return () => clearInterval(timer)
  }, [lastPull, connection, error])
  return (
    <>
      <AddressCheck />
      <section class="card">
        <h2>What the blocklist is made of</h2>
        {error !== undefined && <p class="outcome bad">{error}</p>}
        {answer !== undefined ? <Sources answer={answer} /> : error === undefined && <Loading />}
      </section>
    </>
  )
}

function AddressCheck() {
  const [address, setAddress] = useState('')
  const [result, setResult] = useState<CheckAnswer | string>()
  const check = async (event: SubmitEvent) => {
    event.preventDefault()
    setResult(await ask<CheckAnswer>('api/check', { address: address.trim() }).catch(toMessage))
  }
  return (
    <section class="card">
      <h2>Is an address blocked?</h2>
      <form class="filters" onSubmit={check}>
        <label class="grow">
          IPv4 or IPv6 address
          <input
            value={address}
            required
            maxlength={64}
            placeholder="203.0.113.7"
            autocomplete="off"
            spellcheck={false}
            onInput={({ currentTarget }) => setAddress(currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary">
          Check
        </button>
      </form>
      <div aria-live="polite">{result !== undefined && <Verdict result={result} />}</div>
    </section>
  )
}

const toMessage = (error: unknown) =>
  error instanceof Error ? error.message.replace(/^.*?: ip /, 'This ') : 'The address was not checked'

function Verdict({ result }: { result: CheckAnswer | string }) {
  const at = useLive((live) => live.at)
  if (typeof result === 'string') return <p class="verdict unknown">{result}</p>
  const { address, decision, others, allowlists } = result
  if (decision === null) {
    return (
      <div class="verdict free">
        <strong>{address} is not blocked.</strong>
        <p>
          {allowlists.length > 0
            ? `It is on the allowlist ${allowlists.join(', ')}, which wins over every blocklist.`
            : 'No entry in force is about it.'}
        </p>
      </div>
    )
  }
  return (
    <div class="verdict blocked">
      <strong>{address} is blocked.</strong>
      <Entry entry={decision} at={at} />
      {others.length > 0 && (
        <>
          <p class="note">It would also be blocked by:</p>
          {others.map((entry) => (
            <Entry key={`${entry.origin} ${entry.value}`} entry={entry} at={at} />
          ))}
        </>
      )}
    </div>
  )
}

function Entry({ entry, at }: { entry: DecisionAnswer; at: number }) {
  const { value, remediation, reason, origin, expiresAt } = entry
  return (
    <p class="wrap-anywhere">
      <Pill tone="bad">{remediation}</Pill> by {origin === 'CAPI' ? 'the community blocklist' : origin}
      {origin.endsWith(`:${reason}`) ? '' : ` for ${reason}`}, as <span class="mono">{value}</span>, until{' '}
      {date(expiresAt)} ({relative(expiresAt, at)}).
    </p>
  )
}

function Sources({ answer }: { answer: BlocklistAnswer }) {
  const at = useLive((live) => live.at)
  const { size, pulledAt, nextPullAt, sources } = answer
  if (pulledAt === null && size === 0) {
    return (
      <div class="empty big">
        <h3>No blocklist yet</h3>
        <p>
          <code>client.start(&#123; pullMachineId &#125;)</code> pulls it at once and then every 2 hours;{' '}
          <code>client.pullDecisions()</code> pulls it once.
        </p>
      </div>
    )
  }
  return (
    <>
      <p class="note">
        {counted(size, 'entry', 'entries')} in force
        {pulledAt !== null && `, pulled ${relative(pulledAt, at)}`}
        {nextPullAt !== null && nextPullAt > at && `; the next pull makes sense ${relative(nextPullAt, at)}`}.
      </p>
      <table class="stacked">
        <caption class="unseen">Sources of the blocklist</caption>
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">Kind</th>
            <th scope="col">Remediation</th>
            <th scope="col" class="number">
              Entries
            </th>
            <th scope="col">Came</th>
            <th scope="col">In force until</th>
          </tr>
        </thead>
        <tbody>
          {sources.map(({ kind, name, remediation, size: entries, updatedAt, expiresAt }) => (
            <tr key={`${kind} ${name}`}>
              <th scope="row" data-name="Source" class="wrap-anywhere">
                <LongText text={kind === 'stream' ? 'Community blocklist' : name} />
              </th>
              <td data-name="Kind">
                <Pill tone={kind === 'allowlist' ? 'good' : 'plain'}>{kind}</Pill>
              </td>
              <td data-name="Remediation">{remediation ?? '—'}</td>
              <td data-name="Entries" class="number">
                {count(entries)}
              </td>
              <td data-name="Came" class="nowrap">
                {updatedAt === null ? 'not known' : relative(updatedAt, at)}
              </td>
              <td data-name="In force until" class="nowrap">
                {expiresAt === null
                  ? kind === 'stream'
                    ? 'each entry its own'
                    : 'it is linked no more'
                  : relative(expiresAt, at)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}
