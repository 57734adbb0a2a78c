import { CscapiError, type DecisionStream } from '@cscapi/core'
import type { DecisionSet } from '@cscapi/decisions'
import type { Signal } from '@cscapi/signals'
import { addSignals } from './add-signals.js'
import { type ClientContext, createContext } from './context.js'
import {
  exportRejected,
  type PurgeFilter,
  purgeRejected,
  type RejectedFilter,
  type RejectedSignalInfo,
  rejectedSignals,
  requeueRejected,
} from './dead-letters.js'
import { type EnrollOptions, type EnrollResult, enrollMachines } from './enroll.js'
import { bindEnvironment } from './environment.js'
import type { ClientEventListener, ClientEventName } from './events.js'
import { type GetDecisionsOptions, getDecisions } from './get-decisions.js'
import type { AddOptions, AddResult } from './intake.js'
import { deleteMachines, listMachines, type MachineInfo, type MachinesFilter, reviveMachines } from './machines.js'
import { type CapiClientOptions, resolveOptions } from './options.js'
import { type Preview, previewSignals } from './preview.js'
import { prometheusText } from './prometheus.js'
import { pruneFailingMachinesSignals } from './prune.js'
import { PulledDecisions, type PullOptions, type PullReport } from './pull-decisions.js'
import type { SendReport } from './report.js'
import { type SendOptions, sendDue } from './send.js'
import type { StopOptions, StopReport } from './shutdown.js'
import { untilStopped } from './shutdown-intake.js'
import { resolveStart, type StartOptions, startClient } from './start.js'
import { type ClientStats, readStats } from './stats.js'
import { startTelemetry, type Telemetry } from './telemetry.js'
import { type Verification, verifyClient } from './verify.js'

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
  #ready: Promise<void> | undefined
  #telemetry: Telemetry | undefined
  readonly #pulled: PulledDecisions
  #sending: Promise<unknown> = Promise.resolve()
  #closed: Promise<void> | undefined

  /** @throws InputError that lists every option that is wrong. */
  constructor(options: CapiClientOptions) {
    this.#context = createContext(resolveOptions(options))
    this.#pulled = new PulledDecisions(this.#context)
  }

  /**
   * Stores signals until `sendSignals` sends them; durable when it resolves. Safe to repeat: a uuid that the store has is a duplicate.
   * An array is stored whole or not at all. Any other iterable, or async iterable, is stored in slices of 1,000.
   * Signals about private addresses, about networks of `neverReport` and repeats within the `dedup` window are left out and counted; `redact` has its say. All of it acts here, once.
   *
   * @throws InputError naming everything that is wrong with an array's signals; none is stored.
   * @throws QueueFullError when `maxPending` leaves no room and `whenFull` is `reject`; none is stored.
   * @throws CscapiError `redact_failed` when the `redact` hook fails; none is stored.
   * @throws PartlyAddedError with `added` and `index`, for an iterable that could not be stored to its end, whatever the reason.
   * @throws ClientStoppedError after `stop()`.
   * @throws StorageError
   */
  async addSignals(signals: Iterable<Signal> | AsyncIterable<Signal>, options: AddOptions = {}): Promise<AddResult> {
    await this.#open()
    const { intake, shutdown } = this.#context
    return shutdown.run(() => addSignals(intake, untilStopped(signals, shutdown.draining), options))
  }

  /**
   * What `addSignals` would store, as the exact JSON that would leave, and what it would leave out and why. Stores nothing.
   *
   * @throws InputError naming everything that is wrong with the signals.
   * @throws CscapiError `redact_failed`
   * @throws StorageError, only with the `dedup` option: otherwise the store is not touched.
   */
  async preview(signals: Iterable<Signal> | AsyncIterable<Signal>): Promise<Preview> {
    if (this.#context.options.dedup !== undefined) await this.#open()
    return previewSignals(this.#context.intake, signals)
  }

  /**
   * Sends everything that is due, and returns when nothing more is. Trouble with CAPI is in the report, not thrown.
   * A second call on the same client waits for the first; other processes may send from the same store at the same time.
   *
   * @throws AbortedError when `signal` fires or the client is stopped or closed meanwhile; `report` says what was done.
   * @throws SendFailedError when the store fails; it has the report too.
   * @throws InputError `environment_mismatch`
   */
  async sendSignals(options: SendOptions = {}): Promise<SendReport> {
    await this.#open()
    const send = () => sendDue(this.#context, options)
    const traced = () => this.#telemetry?.inSpan('cscapi.send', send) ?? send()
    const run = this.#context.shutdown.run(() => this.#sending.then(traced))
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
    const pull = { ...options, signal: this.#orClosing(options.signal) }
    return this.#context.shutdown.run(() => getDecisions(this.#context, pull))
  }

  /**
   * Pulls the blocklist: the stream, and every list that it links to, into the set that `decisions()` gives; kept in the store, for every process and the next start.
   * All of it comes into force together. At most one pull in 2 h happens, whichever process asks, unless `force`. A list that cannot be downloaded stays as it was and is a `warning` event.
   *
   * @throws what `getDecisions` throws; nothing is changed then.
   * @throws CscapiError `pull_overtaken` (retryable) when another process has stored a newer pull meanwhile, `lock_busy` (retryable) when another process has been pulling for 10 minutes,
   * `snapshot_newer` when a newer version of cscapi has written what is in the store.
   */
  async pullDecisions(options: PullOptions): Promise<PullReport> {
    await this.#open()
    const signal = this.#orClosing(options.signal)
    return this.#context.shutdown.run(() => this.#pulled.pull({ ...options, signal }))
  }

  /**
   * The blocklist as it was pulled last, by whichever process. It is the same object each time, and is kept up to date by this call, by `pullDecisions`,
   * and each minute by a client that was started with `pullMachineId`.
   *
   * @throws CscapiError `snapshot_newer`
   * @throws StorageError
   */
  async decisions(): Promise<DecisionSet> {
    await this.#open()
    return this.#pulled.current()
  }

  /**
   * Enrolls machines in the console account of the attachment key, and says for each what became of it.
   *
   * @throws InputError when the key is malformed or no machine is named; no call is made then.
   * @throws AbortedError, StorageError
   */
  async enrollMachines(options: EnrollOptions): Promise<EnrollResult[]> {
    await this.#open()
    const enrolment = { ...options, signal: this.#orClosing(options.signal) }
    return this.#context.shutdown.run(() => enrollMachines(this.#context, enrolment))
  }

  /**
   * The dead letters with the reason, status and time of their rejection, oldest first within a machine. Read in pages while you iterate.
   *
   * @throws InputError, AbortedError, StorageError
   */
  async *rejectedSignals(filter: RejectedFilter = {}): AsyncGenerator<RejectedSignalInfo, void, undefined> {
    await this.#open()
    yield* rejectedSignals(this.#context, { ...filter, signal: this.#orClosing(filter.signal) })
  }

  /**
   * The dead letters as JSON lines, one signal each, with the line feed: write them to a file, correct them, and hand each line's signal to `addSignals`.
   * Purge the originals before, since a signal's uuid is taken as long as the store has it.
   *
   * @throws InputError, AbortedError, StorageError
   */
  async *exportRejected(filter: RejectedFilter = {}): AsyncGenerator<string, void, undefined> {
    await this.#open()
    yield* exportRejected(this.#context, { ...filter, signal: this.#orClosing(filter.signal) })
  }

  /**
   * Makes dead letters pending again, as the newest of their machine, and returns how many. Those rejected after the call began stay.
   *
   * @throws InputError, StorageError
   * @throws AbortedError; `report.count` says how many were requeued.
   */
  async requeueRejected(filter: RejectedFilter = {}): Promise<number> {
    await this.#open()
    return requeueRejected(this.#context, { ...filter, signal: this.#orClosing(filter.signal) })
  }

  /**
   * Deletes dead letters of at least that age, in slices, and returns how many.
   *
   * @throws InputError, StorageError
   * @throws AbortedError; `report.count` says how many were deleted.
   */
  async purgeRejected(filter: PurgeFilter): Promise<number> {
    await this.#open()
    return purgeRejected(this.#context, { ...filter, signal: this.#orClosing(filter.signal) })
  }

  /**
   * Machines that have credentials in the store, in order of id, without a secret. Read in pages while you iterate.
   *
   * @throws AbortedError, StorageError
   */
  async *machines(filter: MachinesFilter = {}): AsyncGenerator<MachineInfo, void, undefined> {
    await this.#open()
    yield* listMachines(this.#context, { ...filter, signal: this.#orClosing(filter.signal) })
  }

  /**
   * Gives failing machines, these or all, another chance at once: their signals are due again. Returns how many were failing. Unknown ids are passed over.
   *
   * @throws AbortedError; `report.count` says how many were revived.
   * @throws StorageError
   */
  async reviveMachines(machineIds?: Iterable<string>, options: { signal?: AbortSignal } = {}): Promise<number> {
    await this.#open()
    return reviveMachines(this.#context, machineIds, this.#orClosing(options.signal))
  }

  /**
   * Forgets machines, their credentials and all their signals, and returns how many were known. CAPI keeps them, with a password that nobody has any more:
   * an id that was deleted cannot be used again.
   *
   * @throws InputError, StorageError
   * @throws AbortedError; `report.count` says how many were deleted.
   */
  async deleteMachines(machineIds: Iterable<string>, options: { signal?: AbortSignal } = {}): Promise<number> {
    await this.#open()
    return deleteMachines(this.#context, machineIds, this.#orClosing(options.signal))
  }

  /**
   * Seals every machine's password and token with the newest `encryptionKey`, those in clear and those sealed with an older key, and returns how many rows it changed.
   * After it, the older keys are not needed any more. Without an `encryptionKey` it does nothing.
   *
   * @throws CscapiError `wrong_encryption_key`, `sealed_text_damaged`
   * @throws StorageError
   */
  async resealMachines(): Promise<number> {
    await this.#open()
    return this.#context.storage.resealMachines()
  }

  /** Deletes the pending signals of machines that are failing, and returns how many. The machines stay. */
  async pruneFailingMachinesSignals(): Promise<number> {
    await this.#open()
    return pruneFailingMachinesSignals(this.#context.storage)
  }

  /** Counts of the store. Cheap: its cost does not grow with the number of signals. */
  async stats(): Promise<ClientStats> {
    await this.#open()
    return readStats(this.#context)
  }

  /**
   * Counts of the store and of this process in the Prometheus text format (version 0.0.4): serve it as `text/plain; version=0.0.4`. As cheap as `stats()`.
   *
   * @throws StorageError
   */
  async prometheus(): Promise<string> {
    await this.#open()
    return prometheusText(this.#context)
  }

  /**
   * Checks a set-up without sending any signal: opens the store and, with a `machineId`, makes sure that CAPI accepts the machine (registering it if it is new).
   *
   * @throws what `getDecisions` throws, when something is wrong
   */
  async verify(options: { machineId?: string; signal?: AbortSignal } = {}): Promise<Verification> {
    await this.#open()
    const signal = this.#orClosing(options.signal)
    return this.#context.shutdown.run(() => verifyClient(this.#context, options.machineId, signal))
  }

  /** Calls `listener` at each such event; returns the function that ends it. A listener that throws breaks nothing. */
  on<Name extends ClientEventName>(name: Name, listener: ClientEventListener<Name>): () => void {
    return this.#context.events.on(name, listener)
  }

  /**
   * Starts the scheduler: from now on signals are sent, decisions pulled and old signals deleted by themselves. Of all processes of a store that are started, one leads and does so;
   * when it ends or dies, another takes over. Resolves when the store is open; whatever goes wrong later is a `warning` event, and is tried again.
   *
   * @throws InputError that lists every option that is wrong, `environment_mismatch`
   * @throws CscapiError `already_started`, ClientStoppedError, StorageError
   */
  async start(options: StartOptions = {}): Promise<void> {
    const settings = resolveStart(options)
    await this.#open()
    startClient(this.#context, settings, this)
  }

  /**
   * Ends the scheduler and takes nothing new; what is in flight is finished or put back within the deadline. No lease, no timer and no listener of this client is left.
   * Idempotent. The store stays open for `stats()`: `close()` it then.
   *
   * @throws InputError
   */
  async stop(options: StopOptions = {}): Promise<StopReport> {
    return this.#context.shutdown.stop(options, () => this.stats())
  }

  /** Breaks off what is running (it is put back) and closes the store. Idempotent. `stop()` first lets calls under way finish. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    await this.#context.shutdown.abort()
    await this.#ready?.catch(() => undefined)
    this.#telemetry?.end()
    await this.#context.intake.close()
    await this.#context.storage.close()
  }

  async #open(): Promise<void> {
    if (this.#closed !== undefined) throw new CscapiError('client_closed', 'The client is closed; make a new one')
    this.#ready ??= this.#prepare()
    try {
      await this.#ready
    } catch (error) {
      this.#ready = undefined
      throw error
    }
  }

  async #prepare(): Promise<void> {
    const { storage, options } = this.#context
    await storage.open()
    await bindEnvironment(this.#context)
    if (options.openTelemetry) this.#telemetry ??= await startTelemetry(this.#context)
  }

  #orClosing(signal: AbortSignal | undefined): AbortSignal {
    const { aborting } = this.#context.shutdown
    return signal === undefined ? aborting : AbortSignal.any([signal, aborting])
  }
}
