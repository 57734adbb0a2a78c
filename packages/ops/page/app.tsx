import { useEffect, useState } from 'preact/hooks'
import { change } from './api.js'
import { BlocklistView } from './blocklist-view.js'
import { DeadLettersView } from './dead-letters-view.js'
import { count } from './format.js'
import { useLive } from './live.js'
import { MachinesView } from './machines-view.js'
import { Overview } from './overview.js'
import { PendingView } from './pending-view.js'
import { Pill } from './pill.js'

const VIEWS = {
  overview: { name: 'Overview', show: () => <Overview /> },
  queue: { name: 'Queue', show: () => <PendingView /> },
  'dead-letters': { name: 'Dead letters', show: () => <DeadLettersView /> },
  machines: { name: 'Machines', show: () => <MachinesView /> },
  blocklist: { name: 'Blocklist', show: () => <BlocklistView /> },
} as const
type ViewName = keyof typeof VIEWS

const isView = (name: string): name is ViewName => name in VIEWS

function useView(): ViewName {
  const read = () => {
    const name = location.hash.slice(1)
    return isView(name) ? name : 'overview'
  }
  const [view, setView] = useState(read)
  useEffect(() => {
    const turn = () => setView(read())
    addEventListener('hashchange', turn)
    return () => removeEventListener('hashchange', turn)
  }, [])
  return view
}

export function App() {
  const view = useView()
  useEffect(() => {
    document.title = `${VIEWS[view].name} · cscapi operations`
  }, [view])
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="top">
        <div class="wrap bar">
          <a class="brand" href="#overview">
            <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
              <rect width="32" height="32" rx="8" />
              <path d="M7 18h4l3-8 4 13 3-8h4" />
            </svg>
            <span>
              cscapi <b>operations</b>
            </span>
          </a>
          <Status />
        </div>
        <nav class="wrap tabs" aria-label="Views">
          {Object.entries(VIEWS).map(([name, { name: title }]) => (
            <a key={name} href={`#${name}`} aria-current={name === view ? 'page' : undefined}>
              {title}
              <Badge view={name} />
            </a>
          ))}
        </nav>
      </header>
      <main class="wrap" id="main" tabindex={-1}>
        <h1 class="unseen">{VIEWS[view].name}</h1>
        <Lost />
        {VIEWS[view].show()}
      </main>
    </>
  )
}

/** What a view has to tell, beside its name. */
function Badge({ view }: { view: string }) {
  const queue = useLive(({ now }) => now?.queue)
  const machines = useLive(({ now }) => now?.machines)
  if (queue === undefined || machines === undefined) return null
  const waiting = queue.pending + queue.leased
  if (view === 'queue' && waiting > 0) return <Pill>{count(waiting)}</Pill>
  if (view === 'dead-letters' && queue.rejected > 0) return <Pill tone="bad">{count(queue.rejected)}</Pill>
  if (view === 'machines' && machines.failing > 0) return <Pill tone="bad">{count(machines.failing)} failing</Pill>
  return null
}

function Status() {
  const connection = useLive((live) => live.connection)
  const session = useLive((live) => live.session)
  const words = { connecting: 'Connecting', live: 'Live', lost: 'Reconnecting' }[connection]
  const leave = async () => {
    await change('logout').catch(() => undefined)
    location.reload()
  }
  return (
    <div class="status">
      {session?.readOnly && <Pill>Read only</Pill>}
      <span class={`connection ${connection}`} role="status">
        {words}
      </span>
      {session?.canLogOut && (
        <button type="button" class="quiet" onClick={leave}>
          Sign out
        </button>
      )}
    </div>
  )
}

/** What is on the page is old while nobody answers. */
function Lost() {
  const connection = useLive((live) => live.connection)
  const at = useLive((live) => live.at)
  if (connection !== 'lost') return null
  return (
    <div class="notice warning" role="alert">
      <div>
        <strong>The connection to this process is lost.</strong>
        <p>
          What you see is of {new Date(at).toLocaleTimeString('en', { hourCycle: 'h23' })}. The page comes back by
          itself as soon as the process answers.
        </p>
      </div>
    </div>
  )
}
