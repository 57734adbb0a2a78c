import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { NowAnswer } from '../src/api/answers.js'
import { Charts } from './charts.js'
import { count, countdown, counted, duration, relative } from './format.js'
import { useLive } from './live.js'
import { Loading } from './loading.js'
import { Log } from './log.js'
import { LongText } from './long-text.js'
import { Requests } from './requests.js'

export function Overview() {
  const now = useLive((live) => live.now)
  if (now === undefined) return <Loading />
  return (
    <>
      <Notices now={now} />
      {now.store.hasAnswered && <Tiles now={now} />}
      <Charts />
      <div class="columns">
        <Requests requests={now.requests} since={now.watchedSince} />
        <LastRun run={now.lastRun} />
      </div>
      <Log />
    </>
  )
}

function Notices({ now }: { now: NowAnswer }) {
  const { store, scheduler, pause, machines } = now
  const isExpected = useLive((live) => live.session?.expectScheduler ?? false)
  const isMissing = isExpected && scheduler === 'not_running'
  const isWell = store.answers && pause === null && machines.failing === 0 && !isMissing
  return (
    <div class="notices">
      {!store.answers && (
        <Notice tone="bad" title="The store does not answer">
          <p>{store.message}</p>
          {store.hasAnswered && <p>The counts below are of the last time when it did.</p>}
        </Notice>
      )}
      {pause !== null && <PauseNotice pause={pause} />}
      {store.answers && isMissing && (
        <Notice tone="plain" title="This process does not send by itself">
          <p>
            Nobody called <code>client.start()</code> here. Signals leave when a program calls{' '}
            <code>sendSignals()</code>, or when another process of this store sends them.
          </p>
        </Notice>
      )}
      {machines.failing > 0 && (
        <Notice tone="warning" title={`${counted(machines.failing, 'machine')} cannot deliver`}>
          <p>
            CAPI refuses {machines.failing === 1 ? 'it' : 'them'}; the signals wait, and all other machines go on.{' '}
            <a href="#machines">See why, and what to do</a>
          </p>
        </Notice>
      )}
      {isWell && (
        <p class="well">
          All is well: the store answers, {scheduler === 'running' && 'the scheduler runs, '}and nothing is paused.
        </p>
      )}
    </div>
  )
}

function Notice({ tone, title, children }: { tone: string; title: string; children: ComponentChildren }) {
  return (
    <section class={`notice ${tone}`}>
      <div>
        <h2>{title}</h2>
        {children}
      </div>
    </section>
  )
}

function PauseNotice({ pause }: { pause: NonNullable<NowAnswer['pause']> }) {
  return (
    <section class="notice bad pause">
      <div>
        <h2>{pause.title}</h2>
        <p>{pause.explanation}</p>
        <p class="advice">{pause.advice}</p>
      </div>
      <Countdown until={pause.until} />
    </section>
  )
}

/** Counts by the server's clock, whatever this one says. */
function Countdown({ until }: { until: number }) {
  const at = useLive((live) => live.at)
  const [heard, setHeard] = useState({ at, here: performance.now() })
  const [, tick] = useState(0)
  useEffect(() => setHeard({ at, here: performance.now() }), [at])
  useEffect(() => {
    const timer = setInterval(() => tick((number) => number + 1), 1_000)
    return () => clearInterval(timer)
  }, [])
  const left = until - heard.at - (performance.now() - heard.here)
  return (
    <div class="countdown">
      <span>Goes on in</span>
      <output>{countdown(left)}</output>
    </div>
  )
}

function Tiles({ now }: { now: NowAnswer }) {
  const { queue, rates, machines } = now
  const at = useLive((live) => live.at)
  const waiting = queue.pending + queue.leased
  const oldest = queue.oldestAt === null ? null : at - queue.oldestAt
  return (
    <section class="tiles" aria-label="Now">
      <Tile title="Signals in" value={count(rates.in)} unit="per minute" tone="in" />
      <Tile title="Sent" value={count(rates.sent)} unit="per minute" note={`${count(queue.sent)} in all`} tone="sent" />
      <Tile
        title="Rejected"
        value={count(rates.rejected)}
        unit="per minute"
        note={queue.rejected > 0 ? counted(queue.rejected, 'dead letter') : 'no dead letters'}
        tone="rejected"
      />
      <Tile
        title="Waiting"
        value={count(waiting)}
        unit={waiting === 1 ? 'signal' : 'signals'}
        note={oldest === null ? 'the queue is empty' : `oldest ${duration(oldest)}`}
        tone="pending"
      />
      <Tile
        title="Machines"
        value={count(machines.total)}
        unit=""
        note={machines.failing > 0 ? `${count(machines.failing)} failing` : 'none failing'}
        tone="machines"
      />
    </section>
  )
}

function Tile(tile: { title: string; value: string; unit: string; note?: string; tone: string }) {
  return (
    <div class={`tile ${tile.tone}`}>
      <h2>{tile.title}</h2>
      <p class="value">
        {tile.value} <span>{tile.unit}</span>
      </p>
      {tile.note !== undefined && <p class="note">{tile.note}</p>}
    </div>
  )
}

function LastRun({ run }: { run: NowAnswer['lastRun'] }) {
  const at = useLive((live) => live.at)
  return (
    <section class="card">
      <h2>Last sending run</h2>
      {run === null ? (
        <p class="empty">
          This process has not sent since it is watched. Of all processes that share a store, one leads and sends.
        </p>
      ) : (
        <>
          <dl class="facts">
            <Fact name="Ended">{relative(run.at, at)}</Fact>
            <Fact name="Took">{run.durationMs < 1_000 ? `${run.durationMs} ms` : duration(run.durationMs)}</Fact>
            <Fact name="Sent">{count(run.sent)}</Fact>
            <Fact name="Rejected">{count(run.rejected)}</Fact>
            <Fact name="Put back">{count(run.postponed)}</Fact>
          </dl>
          {run.problems.length === 0 ? (
            <p class="note">It met no trouble.</p>
          ) : (
            <ul class="problems">
              {run.problems.map(({ code, message, count: times }) => (
                <li key={`${code} ${message}`}>
                  <code>{code}</code> <LongText text={message} /> <span class="note">({count(times)})</span>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </section>
  )
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
