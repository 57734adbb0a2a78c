import { AbortedError, CscapiError } from '@cscapi/core'
import { asAborted, unlessAborted } from '../calling/abort.js'
import { bindEnvironment } from '../calling/bind-environment.js'
import type { ClientContext } from '../context.js'
import { warnOfSetUp } from '../observing/set-up-warnings.js'
import { startTelemetry, type Telemetry } from '../observing/telemetry.js'

/**
 * Runs the calls of one client: opens the store before the first one, and ends those under way when
 * the client is closed. `what` names a call in its AbortedError, whose `report` is that of a call
 * which has done nothing.
 */
export class Calls {
  readonly #context: ClientContext
  #ready: Promise<void> | undefined
  #telemetry: Telemetry | undefined
  #closed: Promise<void> | undefined

  constructor(context: ClientContext) {
    this.#context = context
  }

  /** Opens the store, unless `signal` fires first. */
  async open(what: string, signal: AbortSignal | undefined, report?: unknown): Promise<void> {
    if (this.#closed !== undefined) throw new CscapiError('client_closed', 'The client is closed; make a new one')
    if (signal?.aborted) throw new AbortedError(what, { report })
    const ready = this.#ready ?? this.#prepare()
    this.#ready = ready
    ready.catch(() => {
      if (this.#ready === ready) this.#ready = undefined
    })
    await unlessAborted(what, signal, () => ready, report)
  }

  /** Runs what has to end before the client is stopped, and heeds the signal that it is given. */
  async run<T>(
    what: string,
    given: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
    report?: unknown,
  ): Promise<T> {
    await this.open(what, given, report)
    const signal = this.untilClosed(given)
    return this.#context.shutdown.run(() => asAborted(what, signal, () => work(signal)))
  }

  /** Runs what only looks, and does no harm when it ends later than its caller waits. */
  async look<T>(what: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    await this.open(what, signal)
    return unlessAborted(what, signal, work)
  }

  /** Runs what changes many things one by one, and tells how many. */
  async change(
    what: string,
    given: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<number>,
  ): Promise<number> {
    await this.open(what, given, { count: 0 })
    return work(this.untilClosed(given))
  }

  /** Reads what comes in pages. */
  async *read<T>(
    what: string,
    given: AbortSignal | undefined,
    work: (signal: AbortSignal) => AsyncIterable<T>,
  ): AsyncGenerator<T, void, undefined> {
    await this.open(what, given)
    yield* work(this.untilClosed(given))
  }

  /** Fires with the caller's signal, and when what is in flight is broken off. */
  untilClosed(signal: AbortSignal | undefined): AbortSignal {
    const { aborting } = this.#context.shutdown
    return signal === undefined ? aborting : AbortSignal.any([signal, aborting])
  }

  /** Runs it in a span, where the client was asked for spans. */
  traced<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#telemetry?.inSpan(name, work) ?? work()
  }

  /** Breaks off what is under way, and closes the store. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #prepare(): Promise<void> {
    const { storage, options, shutdown } = this.#context
    await storage.open()
    await bindEnvironment(this.#context, shutdown.aborting)
    warnOfSetUp(this.#context)
    if (options.openTelemetry) this.#telemetry ??= await startTelemetry(this.#context)
  }

  async #close(): Promise<void> {
    const { shutdown, intake, storage } = this.#context
    await shutdown.abort()
    await this.#ready?.catch(() => undefined)
    this.#telemetry?.end()
    await intake.close()
    await storage.close()
  }
}
