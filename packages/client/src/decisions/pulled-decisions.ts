import { AbortedError, CapiResponseError, CscapiError, isCscapiError, stateKeys, withStateLock } from '@cscapi/core'
import { DecisionSet } from '@cscapi/decisions'
import { callForMachine } from '../calling/call-for-machine.js'
import type { ClientContext } from '../context.js'
import { type BlocklistSources, describeSources } from './blocklist-sources.js'
import { pullLists } from './pull-lists.js'
import { PULL_EVERY_MS, type PullOptions } from './pull-options.js'
import type { PullReport } from './pull-report.js'
import { since1970 } from './pull-times.js'
import { StoredLocalDecisions } from './stored-local-decisions.js'
import { dropSnapshot, readPointer, readSnapshot, type SnapshotPointer, writeSnapshot } from './stored-snapshot.js'

const LOCK_WAIT_MS = 10 * 60_000

/** Keeps the decision set of one client, and its copy in the store that all processes share. */
export class PulledDecisions {
  readonly #context: ClientContext
  readonly #set: DecisionSet
  /** The pointer's version that the set was loaded from. */
  #loaded = 0
  #loading: Promise<unknown> | undefined

  constructor(context: ClientContext) {
    const { options, storage, events } = context
    const { clock, decisions } = options
    this.#context = context
    const keeper = new StoredLocalDecisions(storage, () => {
      const message = 'The local decisions in the store are damaged; they are dropped'
      events.emit('warning', { code: 'local_decisions_damaged', message })
    })
    this.#set = new DecisionSet({ ...decisions, keeper, now: () => clock.now() })
  }

  /** Gives the set, with what another process has pulled meanwhile. */
  async current(): Promise<DecisionSet> {
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined
    })
    await this.#loading
    await this.#set.refreshLocal()
    return this.#set
  }

  /** Gives what the set is made of, and when each part came. */
  async sources(): Promise<BlocklistSources> {
    const { storage } = this.#context
    const set = await this.current()
    const [pointer, pulled] = await Promise.all([readPointer(storage), storage.getState(stateKeys.pulled)])
    return describeSources(set, pointer, pulled?.expiresInMs)
  }

  async pull({
    machineId,
    force = false,
    scenarios,
    signal,
  }: PullOptions & { signal: AbortSignal }): Promise<PullReport> {
    const { storage, options } = this.#context
    const { clock, random, timeoutMs } = options
    const lock = { clock, random, holdMs: 2 * timeoutMs, waitMs: LOCK_WAIT_MS, signal }
    try {
      return await withStateLock(storage, stateKeys.pullLock, lock, async (renew) => {
        const last = await storage.getState(stateKeys.pulled)
        const pointer = await this.#load()
        if (last?.expiresInMs !== undefined && !force && pointer !== undefined) return this.#nothing(last.expiresInMs)
        return this.#pull({ machineId, scenarios: scenarios ?? options.scenarios, signal }, pointer, renew)
      })
    } catch (error) {
      throw signal.aborted && !isCscapiError(error) ? new AbortedError('Pulling decisions') : error
    }
  }

  /** The stream, the lists and the store come into force together, or not at all. */
  async #pull(
    { machineId, scenarios, signal }: { machineId: string; scenarios: readonly string[]; signal: AbortSignal },
    pointer: SnapshotPointer | undefined,
    renew: () => Promise<boolean>,
  ): Promise<PullReport> {
    const { capi, storage, events, options } = this.#context
    const call = { machineId, endpoint: 'decisions', scenarios, signal } as const
    // A server may answer with what changed since its last answer: where that one is lost, as in a
    // store that is new, it takes everything.
    let startup = pointer === undefined || (await storage.getState(stateKeys.pullAsked)) !== undefined
    await storage.setState(stateKeys.pullAsked, new Uint8Array())
    const answer = await callForMachine(this.#context, call, async (token) => {
      await renew()
      try {
        return await capi.pullDecisions({ token, startup }, { signal, machineId })
      } catch (error) {
        startup ||= !(error instanceof CapiResponseError)
        throw error
      }
    })
    const report = await this.#set.transaction(async (draft): Promise<PullReport> => {
      const stream = { new: await since1970(answer.new), deleted: answer.deleted }
      const { added, removed, skippedCount } = await draft.applyStream(stream)
      const { lists, known } = await pullLists(this.#context, draft, answer, pointer?.lists ?? new Map(), signal, renew)
      const version = await writeSnapshot(
        storage,
        draft.toChunks(),
        { lists: known, pulledAt: options.clock.now() },
        pointer,
      )
      if (version === undefined) throw overtaken()
      this.#loaded = version
      await storage.setState(stateKeys.pulled, new Uint8Array(), { expiresInMs: PULL_EVERY_MS })
      await storage.setState(stateKeys.pullAsked, undefined)
      const skipped = skippedCount + answer.skippedCount
      return { pulled: true, nextInMs: PULL_EVERY_MS, added, removed, skipped, lists, size: draft.size }
    })
    events.emit('pulled', report)
    return report
  }

  /**
   * Loads the store's snapshot if it is another one than ours. One that cannot be read is dropped:
   * the next pull begins anew.
   */
  async #load(): Promise<SnapshotPointer | undefined> {
    const { storage, events } = this.#context
    for (;;) {
      const pointer = await readPointer(storage)
      if (pointer === undefined || pointer.version === this.#loaded) return pointer
      const bytes = await readSnapshot(storage, pointer)
      // Between the two, others may have pulled twice and taken it away.
      if (bytes === undefined && (await readPointer(storage))?.version !== pointer.version) continue
      try {
        await this.#set.load(bytes ?? new Uint8Array())
        this.#loaded = pointer.version
        return pointer
      } catch (error) {
        if (!isCscapiError(error) || error.code !== 'snapshot_corrupt') throw error
        await dropSnapshot(storage, pointer).catch((refusal) => {
          // Nothing begins anew where only reading is allowed: the damage ends the call.
          throw isCscapiError(refusal) && refusal.code === 'storage_read_only' ? error : refusal
        })
        const message = 'The blocklist in the store is damaged; it is dropped, and the next pull begins anew'
        events.emit('warning', { code: 'snapshot_corrupt', message, error })
        return undefined
      }
    }
  }

  #nothing(nextInMs: number): PullReport {
    return { pulled: false, nextInMs, added: 0, removed: 0, skipped: 0, lists: [], size: this.#set.size }
  }
}

function overtaken(): CscapiError {
  const message = 'Another process has stored a newer blocklist during this pull, which was left aside'
  return new CscapiError('pull_overtaken', message, { retryable: true })
}
