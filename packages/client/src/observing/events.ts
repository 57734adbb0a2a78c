import type { CapiRequestEvent, CscapiError, FailingReason, PauseReason } from '@cscapi/core'
import type { PullReport } from '../decisions/pull-report.js'
import type { StopReport } from '../lifecycle/stop-report.js'
import type { SendReport } from '../sending/send-report.js'

/** What {@link CapiClient.on} tells of, by name. Holds no secret. All times are milliseconds. */
export interface ClientEvents {
  /** CAPI took these signals, and the store has been told so. */
  readonly sent: { readonly machineId: string; readonly count: number }
  /** These signals became dead letters. */
  readonly rejected: {
    readonly machineId: string
    readonly uuids: readonly string[]
    /** CAPI's message, or ours. */
    readonly reason: string
    readonly status: number | undefined
  }
  /** Signals were put back. */
  readonly postponed: {
    readonly machineId: string
    readonly count: number
    readonly afterMs: number
    readonly error: CscapiError | undefined
  }
  /** Every process of the store waits. */
  readonly paused: { readonly reason: PauseReason; readonly message: string | undefined; readonly forMs: number }
  /** A machine is left alone for a while. */
  readonly machineFailing: {
    readonly machineId: string
    readonly reason: FailingReason
    readonly message: string | undefined
    readonly retryAfterMs: number
  }
  /** CAPI accepted a login. */
  readonly login: { readonly machineId: string }
  /** One HTTP request ended. */
  readonly request: CapiRequestEvent
  /** One `sendSignals` run ended, as its report says. */
  readonly sendRun: SendReport
  /** The blocklist was pulled. */
  readonly pulled: PullReport
  /** Signals were left out on their way in, or dropped to make room. */
  readonly dropped: { readonly count: number; readonly reason: 'filtered' | 'repeated' | 'full' }
  /** The client was stopped, by a call or a signal of the process. */
  readonly stopped: StopReport
  /** Something that needs an operator's eye but stops nothing. */
  readonly warning: { readonly code: string; readonly message: string; readonly error?: unknown }
}

/** The name of an event: a key of {@link ClientEvents}. */
export type ClientEventName = keyof ClientEvents
/** What {@link CapiClient.on} calls at an event of that name. */
export type ClientEventListener<Name extends ClientEventName> = (event: ClientEvents[Name]) => void

/**
 * Tells listeners in the order they came. One that throws breaks nothing: its error goes to
 * `onListenerError`.
 */
export class EventFeed {
  readonly #listeners = new Map<ClientEventName, Set<ClientEventListener<never>>>()
  readonly #onListenerError: (name: ClientEventName, error: unknown) => void

  constructor(onListenerError: (name: ClientEventName, error: unknown) => void = () => undefined) {
    this.#onListenerError = onListenerError
  }

  /** Returns the function that ends the subscription. */
  on<Name extends ClientEventName>(name: Name, listener: ClientEventListener<Name>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set()
    this.#listeners.set(name, listeners.add(listener))
    return () => {
      listeners.delete(listener)
    }
  }

  emit<Name extends ClientEventName>(name: Name, event: ClientEvents[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        // What is listed under a name takes that name's event.
        listener(event as never)
      } catch (error) {
        this.#onListenerError(name, error)
      }
    }
  }
}
