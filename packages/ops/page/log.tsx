import { time } from './format.js'
import { useLive } from './live.js'

/** Events in words; what is not here is the code of a warning. */
const KINDS: Readonly<Record<string, string>> = {
  sendRun: 'Sending',
  pulled: 'Blocklist',
  paused: 'Pause',
  machineFailing: 'Machine',
  dropped: 'Dropped',
  stopped: 'Stopped',
}

/** Shows what happened in this process, newest first. */
export function Log() {
  const entries = useLive((live) => live.log)
  return (
    <section class="card">
      <h2>What happened</h2>
      {entries.length === 0 ? (
        <p class="empty">
          Nothing to tell yet. Sending runs, pulls, pauses and warnings of this process show up here as they happen.
        </p>
      ) : (
        <ol class="log" tabindex={0} aria-label="Events, newest first">
          {entries.toReversed().map(({ id, at, level, kind, text }) => (
            <li key={id} class={level}>
              <time dateTime={new Date(at).toISOString()}>{time(at)}</time>
              <span class="kind">{KINDS[kind] ?? kind}</span>
              <span class="text">{text}</span>
            </li>
          ))}
        </ol>
      )}
    </section>
  )
}
