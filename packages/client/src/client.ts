import type { DecisionStream } from '@cscapi/core'
import type { DecisionSet } from '@cscapi/decisions'
import type { Signal } from '@cscapi/signals'
import { asAborted, unlessAborted } from './calling/abort.js'
import { onlySignal, readCall } from './calling/read-call.js'
import type { ClientContext } from './context.js'
import { createContext } from './create-context.js'
import type { BlocklistSources } from './decisions/blocklist-sources.js'
import { type GetDecisionsOptions, getDecisions, getDecisionsSchema } from './decisions/get-decisions.js'
import { type PullOptions, pullOptionsSchema } from './decisions/pull-options.js'
import type { PullReport } from './decisions/pull-report.js'
import { PulledDecisions } from './decisions/pulled-decisions.js'
import { type AddOptions, type AddResult, addOptionsSchema } from './intake/add-options.js'
import { addSignals } from './intake/add-signals.js'
import { assertSignals } from './intake/assert-signals.js'
import type { Preview } from './intake/preview.js'
import { untilStopped } from './intake/until-stopped.js'
import { deleteRejected, requeueRejected } from './kept-signals/change-dead-letters.js'
import {
  type PurgeFilter,
  purgeFilterSchema,
  type RejectedFilter,
  rejectedFilterSchema,
} from './kept-signals/dead-letter-filter.js'
import { exportRejected, type RejectedSignalInfo, rejectedSignals } from './kept-signals/dead-letters.js'
import { pruneFailingMachinesSignals } from './kept-signals/prune-failing.js'
import { type SignalPage, type SignalQuery, signalPage, signalQuerySchema } from './kept-signals/signal-page.js'
import { Calls } from './lifecycle/calls.js'
import { startClient } from './lifecycle/start.js'
import { resolveStart, type StartOptions } from './lifecycle/start-options.js'
import { type StopOptions, stopOptionsSchema } from './lifecycle/stop-options.js'
import type { StopReport } from './lifecycle/stop-report.js'
import { deleteMachines } from './machines/delete-machines.js'
import { enrollMachines } from './machines/enroll.js'
import { type EnrollOptions, enrollOptionsSchema } from './machines/enroll-options.js'
import type { EnrollResult } from './machines/enroll-result.js'
import { listMachines, type MachinesFilter, machinesFilterSchema } from './machines/list-machines.js'
import type { MachineInfo } from './machines/machine-info.js'
import { readMachineIds } from './machines/read-machine-ids.js'
import { reviveMachines } from './machines/revive-machines.js'
import { type Verification, verifyClient, verifyOptionsSchema } from './machines/verify.js'
import { assertListener } from './observing/assert-listener.js'
import type { ClientEventListener, ClientEventName } from './observing/events.js'
import { prometheusText } from './observing/prometheus-text.js'
import { type ClientStats, readStats } from './observing/stats.js'
import type { CapiClientOptions } from './options.js'
import { resolveOptions } from './resolve-options.js'
import { sendDue } from './sending/send-due.js'
import { type SendOptions, sendOptionsSchema } from './sending/send-options.js'
import { emptyReport, type SendReport } from './sending/send-report.js'

const NO_DEAD_LETTER = 'No dead letter was touched'

/**
 * Shares signals with CAPI, pulls decisions and enrolls machines. Any number of clients, in any
 * number of processes, may share one store.
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
  readonly #calls: Calls
  readonly #pulled: PulledDecisions
  #sending: Promise<unknown> = Promise.resolve()

  /** @throws InputError that lists every option that is wrong. */
  constructor(options: CapiClientOptions) {
    this.#context = createContext(resolveOptions(options))
    this.#calls = new Calls(this.#context)
    this.#pulled = new PulledDecisions(this.#context)
  }

  /**
   * Stores signals until `sendSignals` sends them; durable when it resolves. Safe to repeat: a uuid
   * that the store has is a duplicate. An array is stored whole or not at all. Any other iterable,
   * or async iterable, is stored in slices of 1,000. Signals about private addresses, about
   * networks of `neverReport` and repeats within the `dedup` window are left out and counted;
   * `redact` is asked about each context entry. All of this happens here, once, before anything is
   * stored.
   *
   * @throws InputError naming everything that is wrong with an array's signals; none is stored.
   * @throws QueueFullError when `maxPending` leaves no room and `whenFull` is `reject`; none is
   * stored.
   * @throws CscapiError `redact_failed` when the `redact` hook fails; none is stored.
   * @throws PartlyAddedError with `added` and `index`, for an iterable that could not be stored to
   * its end, whatever the reason.
   * @throws AbortedError when `signal` fires; for an iterable, `report` has the counts so far and
   * the `index` to go on from.
   * @throws ClientStoppedError after `stop()`.
   * @throws StorageError
   */
  async addSignals(signals: Iterable<Signal> | AsyncIterable<Signal>, options: AddOptions = {}): Promise<AddResult> {
    assertSignals('No signal was added', signals)
    const { signal } = readCall('No signal was added', addOptionsSchema, options)
    await this.#calls.open('Adding signals', signal)
    const { intake, shutdown } = this.#context
    const ending = signal === undefined ? shutdown.draining : AbortSignal.any([signal, shutdown.draining])
    return shutdown.run(() => addSignals(intake, untilStopped(signals, ending), options))
  }

  /**
   * Shows what `addSignals` would store, as the exact JSON that would leave, and what it would
   * leave out and why. Stores nothing.
   *
   * @throws InputError naming everything that is wrong with the signals.
   * @throws CscapiError `redact_failed`
   * @throws AbortedError when `signal` fires.
   * @throws StorageError, only with the `dedup` option: otherwise the store is not touched.
   */
  async preview(
    signals: Iterable<Signal> | AsyncIterable<Signal>,
    options: { signal?: AbortSignal } = {},
  ): Promise<Preview> {
    assertSignals('Nothing can be previewed', signals)
    const given = readCall('Nothing can be previewed', onlySignal, options)
    const what = 'Previewing signals'
    const { options: settings, intake } = this.#context
    if (settings.dedup !== undefined) await this.#calls.open(what, given.signal)
    const signal = this.#calls.untilClosed(given.signal)
    return asAborted(what, signal, () => unlessAborted(what, signal, () => intake.preview(signals, signal)))
  }

  /**
   * Sends everything that is due, and returns when nothing more is. Trouble with CAPI is in the
   * report, not thrown. A second call on the same client waits for the first; other processes may
   * send from the same store at the same time.
   *
   * @throws AbortedError when `signal` fires or the client is stopped or closed meanwhile; `report`
   * says what was done.
   * @throws SendFailedError when the store fails; it has the report too.
   * @throws InputError `environment_mismatch`
   */
  async sendSignals(options: SendOptions = {}): Promise<SendReport> {
    const what = 'Sending signals'
    const { signal } = readCall('The signals were not sent', sendOptionsSchema, options)
    await this.#calls.open(what, signal, emptyReport())
    const send = () => this.#calls.traced('cscapi.send', () => sendDue(this.#context, options))
    const before = this.#sending
    const run = this.#context.shutdown.run(() => unlessAborted(what, signal, () => before, emptyReport()).then(send))
    // One that gave up waiting does not end the run that it waited for.
    this.#sending = Promise.allSettled([before, run])
    return run
  }

  /**
   * Pulls the decision stream once, and gives the parsed answer (CAPI v3 swagger
   * `/decisions/stream`). CAPI asks for at least 2 h between pulls.
   *
   * @throws CapiAuthError, CapiForbiddenError, CapiRateLimitError, CapiResponseError,
   * CapiNetworkError, CapiTimeoutError, CapiProtocolError, AbortedError, StorageError, InputError
   */
  async getDecisions(options: GetDecisionsOptions): Promise<DecisionStream> {
    const { signal } = readCall('No decisions were pulled', getDecisionsSchema, options)
    return this.#calls.run('Getting decisions', signal, (ending) =>
      getDecisions(this.#context, { ...options, signal: ending }),
    )
  }

  /**
   * Pulls the blocklist: the stream, and every list that it links to, into the set that
   * `decisions()` gives; kept in the store, for every process and the next start. All of it comes
   * into force together. At most one pull in 2 h happens, whichever process asks, unless `force`. A
   * list that cannot be downloaded stays as it was and is a `warning` event.
   *
   * @throws what `getDecisions` throws; nothing is changed then.
   * @throws CscapiError `pull_overtaken` (retryable) when another process has stored a newer pull
   * meanwhile, `lock_busy` (retryable) when another process has been pulling for 10 minutes,
   * `snapshot_newer` when a newer version of cscapi has written what is in the store.
   */
  async pullDecisions(options: PullOptions): Promise<PullReport> {
    const { signal } = readCall('No decisions were pulled', pullOptionsSchema, options)
    return this.#calls.run('Pulling decisions', signal, (ending) => this.#pulled.pull({ ...options, signal: ending }))
  }

  /**
   * Gives the blocklist as it was pulled last, by any process. It is the same object each time, and
   * is kept up to date by this call, by `pullDecisions`, and each minute by a client that was
   * started with `pullMachineId`.
   *
   * @throws CscapiError `snapshot_newer`
   * @throws AbortedError, StorageError
   */
  async decisions(options: { signal?: AbortSignal } = {}): Promise<DecisionSet> {
    const { signal } = readCall('The decisions were not read', onlySignal, options)
    return this.#calls.look('Reading the decisions', signal, () => this.#pulled.current())
  }

  /**
   * Gives what the blocklist of `decisions()` is made of: CAPI's stream and each list, with its
   * entries in force and when they came.
   *
   * @throws CscapiError `snapshot_newer`
   * @throws AbortedError, StorageError
   */
  async blocklistSources(options: { signal?: AbortSignal } = {}): Promise<BlocklistSources> {
    const { signal } = readCall('The blocklist was not read', onlySignal, options)
    return this.#calls.look('Reading the blocklist', signal, () => this.#pulled.sources())
  }

  /**
   * Enrolls machines in the console account of the attachment key, and says for each what became of
   * it.
   *
   * @throws InputError when the key is malformed or no machine is named; no call is made then.
   * @throws AbortedError; `report` has the results so far.
   * @throws StorageError
   */
  async enrollMachines(options: EnrollOptions): Promise<EnrollResult[]> {
    const { signal } = readCall('No machine was enrolled', enrollOptionsSchema, options)
    const enroll = (ending: AbortSignal) => enrollMachines(this.#context, { ...options, signal: ending })
    return this.#calls.run('Enrolling machines', signal, enroll, [])
  }

  /**
   * Gives one page of the signals that wait, or of the dead letters, oldest first within a machine:
   * for who shows them to people. `next` leads to the page after.
   *
   * @throws InputError, AbortedError, StorageError
   */
  async signalPage(query: SignalQuery): Promise<SignalPage> {
    const { signal, ...rest } = readCall('No signal was listed', signalQuerySchema, query)
    return this.#calls.look('Listing signals', signal, () => signalPage(this.#context, rest))
  }

  /**
   * Lists the dead letters with the reason, status and time of their rejection, oldest first within
   * a machine. Read in pages while you iterate.
   *
   * @throws InputError, AbortedError, StorageError
   */
  async *rejectedSignals(filter: RejectedFilter = {}): AsyncGenerator<RejectedSignalInfo, void, undefined> {
    const { signal } = readCall(NO_DEAD_LETTER, rejectedFilterSchema, filter)
    yield* this.#calls.read('Reading rejected signals', signal, (ending) =>
      rejectedSignals(this.#context, { ...filter, signal: ending }),
    )
  }

  /**
   * Gives the dead letters as JSON lines, one signal each, with the line feed: write them to a
   * file, correct them, and hand each line's signal to `addSignals`. Purge the originals before,
   * since a signal's uuid is taken as long as the store has it.
   *
   * @throws InputError, AbortedError, StorageError
   */
  async *exportRejected(filter: RejectedFilter = {}): AsyncGenerator<string, void, undefined> {
    const { signal } = readCall(NO_DEAD_LETTER, rejectedFilterSchema, filter)
    yield* this.#calls.read('Reading rejected signals', signal, (ending) =>
      exportRejected(this.#context, { ...filter, signal: ending }),
    )
  }

  /**
   * Makes dead letters pending again, as the newest of their machine, and returns how many. Those
   * rejected after the call began stay.
   *
   * @throws InputError, StorageError
   * @throws AbortedError; `report.count` says how many were requeued.
   */
  async requeueRejected(filter: RejectedFilter = {}): Promise<number> {
    const { signal } = readCall(NO_DEAD_LETTER, rejectedFilterSchema, filter)
    return this.#calls.change('Requeueing rejected signals', signal, (ending) =>
      requeueRejected(this.#context, { ...filter, signal: ending }),
    )
  }

  /**
   * Deletes dead letters of at least that age, in slices, and returns how many.
   *
   * @throws InputError, StorageError
   * @throws AbortedError; `report.count` says how many were deleted.
   */
  async purgeRejected(filter: PurgeFilter): Promise<number> {
    const { signal } = readCall(NO_DEAD_LETTER, purgeFilterSchema, filter)
    return this.#calls.change('Purging rejected signals', signal, (ending) =>
      deleteRejected(this.#context, { ...filter, signal: ending }),
    )
  }

  /**
   * Lists the machines that have credentials in the store, in order of id, without a secret. Read
   * in pages while you iterate.
   *
   * @throws AbortedError, StorageError
   */
  async *machines(filter: MachinesFilter = {}): AsyncGenerator<MachineInfo, void, undefined> {
    const { signal } = readCall('No machine was listed', machinesFilterSchema, filter)
    yield* this.#calls.read('Listing machines', signal, (ending) =>
      listMachines(this.#context, { ...filter, signal: ending }),
    )
  }

  /**
   * Gives failing machines, these or all, another chance at once: their signals are due again.
   * Returns how many were failing. Unknown ids are passed over.
   *
   * @throws AbortedError; `report.count` says how many were revived.
   * @throws StorageError
   */
  async reviveMachines(machineIds?: Iterable<string>, options: { signal?: AbortSignal } = {}): Promise<number> {
    const ids = machineIds === undefined ? undefined : readMachineIds('No machine was revived', machineIds)
    const { signal } = readCall('No machine was revived', onlySignal, options)
    return this.#calls.change('Reviving machines', signal, (ending) => reviveMachines(this.#context, ids, ending))
  }

  /**
   * Forgets machines, their credentials and all their signals, and returns how many were known.
   * CAPI keeps them, with a password that nobody has any more: an id that was deleted cannot be
   * used again.
   *
   * @throws InputError, StorageError
   * @throws AbortedError; `report.count` says how many were deleted.
   */
  async deleteMachines(machineIds: Iterable<string>, options: { signal?: AbortSignal } = {}): Promise<number> {
    const ids = readMachineIds('No machine was deleted', machineIds)
    const { signal } = readCall('No machine was deleted', onlySignal, options)
    return this.#calls.change('Deleting machines', signal, (ending) => deleteMachines(this.#context, ids, ending))
  }

  /**
   * Seals every machine's password and token with the newest `encryptionKey`, those in clear and
   * those sealed with an older key, and returns how many machines it changed. After it, the older
   * keys are not needed any more. Without an `encryptionKey` it does nothing.
   *
   * @throws CscapiError `wrong_encryption_key`, `sealed_text_damaged`
   * @throws AbortedError; `report.count` says how many were sealed.
   * @throws StorageError
   */
  async resealMachines(options: { signal?: AbortSignal } = {}): Promise<number> {
    const { signal } = readCall('No machine was sealed', onlySignal, options)
    return this.#calls.change('Sealing machines', signal, (ending) => this.#context.storage.resealMachines(ending))
  }

  /**
   * Deletes the pending signals of machines that are failing, in slices, and returns how many. The
   * machines stay.
   *
   * @throws AbortedError; `report.count` says how many were deleted.
   * @throws StorageError
   */
  async pruneFailingMachinesSignals(options: { signal?: AbortSignal } = {}): Promise<number> {
    const { signal } = readCall('No signal was deleted', onlySignal, options)
    return this.#calls.change('Pruning signals', signal, (ending) =>
      pruneFailingMachinesSignals(this.#context.storage, ending),
    )
  }

  /**
   * Counts what is in the store. Cheap: its cost does not grow with the number of signals.
   *
   * @throws AbortedError, StorageError
   */
  async stats(options: { signal?: AbortSignal } = {}): Promise<ClientStats> {
    const { signal } = readCall('The store was not counted', onlySignal, options)
    return this.#calls.look('Counting the store', signal, () => readStats(this.#context))
  }

  /**
   * Gives counts of the store and of this process as Prometheus text (version 0.0.4): serve it as
   * `text/plain; version=0.0.4`. As cheap as `stats()`.
   *
   * @throws AbortedError, StorageError
   */
  async prometheus(options: { signal?: AbortSignal } = {}): Promise<string> {
    const { signal } = readCall('The store was not counted', onlySignal, options)
    return this.#calls.look('Counting the store', signal, () => prometheusText(this.#context))
  }

  /**
   * Checks a set-up without sending any signal: opens the store and, with a `machineId`, makes sure
   * that CAPI accepts the machine (registering it if it is new).
   *
   * @throws what `getDecisions` throws, when something is wrong
   */
  async verify(options: { machineId?: string; signal?: AbortSignal } = {}): Promise<Verification> {
    const { machineId, signal } = readCall('Nothing was verified', verifyOptionsSchema, options)
    return this.#calls.run('Verifying', signal, (ending) => verifyClient(this.#context, machineId, ending))
  }

  /**
   * Calls `listener` at each such event; returns the function that ends it. A listener that throws
   * breaks nothing.
   *
   * @throws InputError for a name that no event has, with the one that was meant.
   */
  on<Name extends ClientEventName>(name: Name, listener: ClientEventListener<Name>): () => void {
    assertListener(name, listener)
    return this.#context.events.on(name, listener)
  }

  /**
   * Starts the scheduler: from now on signals are sent, decisions pulled and old signals deleted by
   * themselves. Of all processes of a store that are started, one leads and does so; when it ends
   * or dies, another takes over. Resolves when the store is open; whatever goes wrong later is a
   * `warning` event, and is tried again.
   *
   * @throws InputError that lists every option that is wrong, `environment_mismatch`
   * @throws CscapiError `already_started`, ClientStoppedError, StorageError
   */
  async start(options: StartOptions = {}): Promise<void> {
    const settings = resolveStart(options)
    await this.#calls.open('Starting', settings.signal)
    startClient(this.#context, settings, this)
  }

  /**
   * Whether `start()` was called, and neither `stop()` nor `close()` since: this process leads, or
   * stands by for the one that does.
   */
  isStarted(): boolean {
    return this.#context.shutdown.isStarted
  }

  /**
   * Ends the scheduler and takes nothing new; what is in flight is finished or put back within the
   * deadline. No lease, no timer and no listener of this client is left. May be called again. The
   * store stays open for `stats()`: `close()` it then.
   *
   * @throws InputError
   * @throws AbortedError when `signal` fires: the stopping goes on.
   */
  async stop(options: StopOptions = {}): Promise<StopReport> {
    const { signal, deadlineMs } = readCall('The client was not stopped', stopOptionsSchema, options)
    const stopping = { ...(deadlineMs !== undefined && { deadlineMs }) }
    return unlessAborted('Stopping', signal, () => this.#context.shutdown.stop(stopping, () => this.stats()))
  }

  /**
   * Breaks off what is running (it is put back) and closes the store. May be called again. To let
   * running calls finish, call `stop()` first.
   */
  close(): Promise<void> {
    return this.#calls.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
