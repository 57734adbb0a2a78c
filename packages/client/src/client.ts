import { AbortedError, CscapiError, type DecisionStream, type PauseReason, readPause } from '@cscapi/core'
import type { Signal } from '@cscapi/signals'
import type { EnqueueResult, QueueStats } from '@cscapi/storage'
import { addSignals } from './add-signals.js'
import { callForMachine } from './call.js'
import { type ClientContext, createContext } from './context.js'
import { type EnrollOptions, type EnrollResult, enrollMachines } from './enroll.js'
import { bindEnvironment } from './environment.js'
import type { ClientEventListener, ClientEventName } from './events.js'
import { type CapiClientOptions, resolveOptions } from './options.js'
import { pruneFailingMachinesSignals } from './prune.js'
import type { SendReport } from './report.js'
import { type SendOptions, sendDue } from './send.js'
import { type Verification, verifyClient } from './verify.js'

export interface GetDecisionsOptions {
  /** Any machine of yours; it is registered and logged in if it has to be. */
  readonly machineId: string
  /** What the blocklist is tailored to. Default: the client's scenarios. A token issued for fewer costs one login. */
  readonly scenarios?: readonly string[]
  /** Include the community blocklist. Default true. */
  readonly communityPull?: boolean
  /** Include the links to further blocklists. Default true. */
  readonly additionalPull?: boolean
  readonly signal?: AbortSignal
}

/** {@link CapiClient.stats}: instants are epoch milliseconds. */
export interface ClientStats extends Omit<QueueStats, 'oldestPendingMs'> {
  readonly oldestPendingAt: number | undefined
  /** Until when nothing is sent, and why. */
  readonly pausedUntil: number | undefined
  readonly pauseReason: PauseReason | undefined
}

/**
 * Shares signals with CAPI, pulls decisions and enrolls machines. Any number of clients, in any number of processes, may share one store.
 *
 * The constructor does no I/O; the store is opened on first use.
 *
 * @example
 * ```ts
 * import { CapiClient, createSignal, generateMachineIdFromKey } from '@cscapi/client'
 * import { SqliteStorage } from '@cscapi/storage-sqlite'
 *
 * await using client = new CapiClient({
 *   storage: new SqliteStorage({ path: 'cscapi.db' }),
 *   scenarios: ['crowdsecurity/ssh-bf'],
 *   environment: 'development',
 * })
 * const machineId = generateMachineIdFromKey('sensor-1')
 * await client.addSignals([
 *   createSignal({ attackerIp: '203.0.113.7', scenario: 'crowdsecurity/ssh-bf', createdAt: new Date(), machineId }),
 * ])
 * const report = await client.sendSignals()
 * ```
 */
export class CapiClient implements AsyncDisposable {
  readonly #context: ClientContext
  readonly #closing = new AbortController()
  #ready: Promise<void> | undefined
  #sending: Promise<unknown> = Promise.resolve()
  #closed: Promise<void> | undefined

  /** @throws InputError that lists every option that is wrong. */
  constructor(options: CapiClientOptions) {
    this.#context = createContext(resolveOptions(options))
  }

  /**
   * Stores signals until `sendSignals` sends them; durable when it resolves. Safe to repeat: a uuid that the store has is a duplicate.
   * An array is stored whole or not at all. Any other iterable, or async iterable, is stored in slices of 1,000.
   *
   * @throws InputError naming everything that is wrong with an array's signals; none is stored.
   * @throws PartlyAddedError with `added` and `index`, for an iterable that could not be stored to its end.
   * @throws StorageError
   */
  async addSignals(signals: Iterable<Signal> | AsyncIterable<Signal>): Promise<EnqueueResult> {
    await this.#open()
    return addSignals(this.#context, signals)
  }

  /**
   * Sends everything that is due, and returns when nothing more is. Trouble with CAPI is in the report, not thrown.
   * A second call on the same client waits for the first; other processes may send from the same store at the same time.
   *
   * @throws AbortedError when `signal` fires or the client is closed; `report` says what was done.
   * @throws SendFailedError when the store fails; it has the report too.
   * @throws InputError `environment_mismatch`
   */
  async sendSignals(options: SendOptions = {}): Promise<SendReport> {
    await this.#open()
    const run = this.#sending.then(() => sendDue(this.#context, options, this.#closing.signal))
    this.#sending = run.catch(() => undefined)
    return run
  }

  /**
   * One pull of the decision stream, parsed (CAPI v3 swagger `/decisions/stream`). CAPI asks for at least 2 h between pulls.
   *
   * @throws CapiAuthError, CapiForbiddenError, CapiRateLimitError, CapiResponseError, CapiNetworkError, CapiTimeoutError, CapiProtocolError, AbortedError, StorageError, InputError
   */
  async getDecisions(options: GetDecisionsOptions): Promise<DecisionStream> {
    await this.#open()
    const { machineId, communityPull, additionalPull } = options
    const { capi, options: settings } = this.#context
    const signal = this.#orClosing(options.signal)
    const call = {
      machineId,
      endpoint: 'decisions',
      scenarios: options.scenarios ?? settings.scenarios,
      signal,
    } as const
    return callForMachine(this.#context, call, (token) =>
      capi.pullDecisions(
        {
          token,
          ...(communityPull !== undefined && { communityPull }),
          ...(additionalPull !== undefined && { additionalPull }),
        },
        { signal },
      ),
    )
  }

  /**
   * Enrolls machines in the console account of the attachment key, and says for each what became of it.
   *
   * @throws InputError when the key is malformed or no machine is named; no call is made then.
   * @throws AbortedError, StorageError
   */
  async enrollMachines(options: EnrollOptions): Promise<EnrollResult[]> {
    await this.#open()
    return enrollMachines(this.#context, { ...options, signal: this.#orClosing(options.signal) })
  }

  /** Deletes the pending signals of machines that are failing, and returns how many. The machines stay. */
  async pruneFailingMachinesSignals(): Promise<number> {
    await this.#open()
    return pruneFailingMachinesSignals(this.#context.storage)
  }

  /** Counts of the store. Cheap: its cost does not grow with the number of signals. */
  async stats(): Promise<ClientStats> {
    await this.#open()
    const now = this.#context.options.clock.now()
    const { oldestPendingMs, ...counts } = await this.#context.storage.stats()
    const pause = await readPause(this.#context.storage)
    return {
      ...counts,
      oldestPendingAt: oldestPendingMs === undefined ? undefined : now - oldestPendingMs,
      pausedUntil: pause && now + pause.remainingMs,
      pauseReason: pause?.reason,
    }
  }

  /**
   * Checks a set-up without sending any signal: opens the store and, with a `machineId`, makes sure that CAPI accepts the machine (registering it if it is new).
   *
   * @throws what `getDecisions` throws, when something is wrong
   */
  async verify(options: { machineId?: string; signal?: AbortSignal } = {}): Promise<Verification> {
    await this.#open()
    return verifyClient(this.#context, options.machineId, this.#orClosing(options.signal))
  }

  /** Calls `listener` at each such event; returns the function that ends it. A listener that throws breaks nothing. */
  on<Name extends ClientEventName>(name: Name, listener: ClientEventListener<Name>): () => void {
    return this.#context.events.on(name, listener)
  }

  /** Ends what is running (it is finished or put back) and closes the store. Idempotent. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#closing.abort(new AbortedError('The client'))
    await this.#sending
    await this.#ready?.catch(() => undefined)
    await this.#context.storage.close()
  }

  async #open(): Promise<void> {
    if (this.#closed !== undefined) throw new CscapiError('client_closed', 'The client is closed; make a new one')
    this.#ready ??= this.#context.storage.open().then(() => bindEnvironment(this.#context))
    try {
      await this.#ready
    } catch (error) {
      this.#ready = undefined
      throw error
    }
  }

  #orClosing(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal])
  }
}
