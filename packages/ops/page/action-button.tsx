import type { ComponentChildren } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { ActionAnswer } from '../src/api/answers.js'
import { change } from './api.js'
import { useLive } from './live.js'

interface ActionSettings {
  /** `requeue`, `purge` or `revive`. */
  readonly action: string
  readonly body: object
  readonly label: string
  readonly title: string
  /** The button that does it. */
  readonly confirm: string
  readonly danger?: boolean
  readonly done: (changed: number) => string
  readonly onDone: () => void
  readonly children: ComponentChildren
}

/** Shows a button that asks once more, does it, and says what became of it. */
export function ActionButton(settings: ActionSettings) {
  const readOnly = useLive((live) => live.session?.readOnly ?? true)
  const dialog = useRef<HTMLDialogElement>(null)
  const [outcome, setOutcome] = useState<{ tone: string; text: string }>()
  const [isBusy, setIsBusy] = useState(false)
  if (readOnly) return null
  const act = async () => {
    setIsBusy(true)
    try {
      const { changed } = await change<ActionAnswer>(`api/actions/${settings.action}`, settings.body)
      setOutcome({ tone: 'good', text: settings.done(changed) })
      settings.onDone()
    } catch (error) {
      setOutcome({ tone: 'bad', text: error instanceof Error ? error.message : 'It failed' })
    }
    setIsBusy(false)
    dialog.current?.close()
  }
  return (
    <span class="action">
      <button type="button" class={settings.danger ? 'danger' : ''} onClick={() => dialog.current?.showModal()}>
        {settings.label}
      </button>
      <span class={`outcome ${outcome?.tone ?? ''}`} role="status">
        {outcome?.text}
      </span>
      <dialog ref={dialog} aria-label={settings.title}>
        <h2>{settings.title}</h2>
        {settings.children}
        <div class="buttons">
          <button type="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="button" class={settings.danger ? 'danger solid' : 'primary'} disabled={isBusy} onClick={act}>
            {settings.confirm}
          </button>
        </div>
      </dialog>
    </span>
  )
}
