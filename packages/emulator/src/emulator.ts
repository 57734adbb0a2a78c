import { createApp } from './app.js'
import { createFetch } from './connections/in-process-fetch.js'
import { type ListeningEmulator, type ListenOptions, listen } from './connections/listen.js'
import type { SeedAllowlist, SeedBlocklist, SeedDecision } from './decisions/seeds.js'
import type { Faults } from './faults/faults.js'
import type { EmulatedMachines } from './machines/machines.js'
import type { EmulatorOptions } from './options.js'
import type { ReceivedSignals } from './requests/received-signals.js'
import type { RequestRecord } from './requests/record.js'
import { ServerState } from './server-state.js'

/**
 * A local CAPI. Any number of callers may use it at once, in process and over HTTP; they all meet
 * the same state.
 */
export interface Emulator {
  /**
   * Hand it to whatever takes a `fetch`. Every URL is served from its `/v3` on, whatever the host:
   * nothing ever leaves the process.
   */
  readonly fetch: typeof fetch
  /**
   * Serves HTTP on the loopback address.
   *
   * @throws InputError for a port or host that is none; the system's own error when the port is
   * taken (code `EADDRINUSE`).
   */
  listen(options?: ListenOptions): Promise<ListeningEmulator>
  /** Every request, with its secrets: it is a test's tool. */
  readonly record: RequestRecord
  /** Every signal that the server took, by uuid. */
  readonly signals: ReceivedSignals
  /** The registered machines. */
  readonly machines: EmulatedMachines
  /** What goes wrong, and when. */
  readonly faults: Faults
  /**
   * Replaces the community blocklist; machines that pulled before are told at their next pull what
   * is gone. @throws InputError
   */
  setDecisions(decisions: number | readonly SeedDecision[]): void
  /** Replaces the blocklists that the stream links to; their URLs change. @throws InputError */
  setBlocklists(blocklists: readonly SeedBlocklist[]): void
  /** Replaces the allowlists that the stream links to; their URLs change. @throws InputError */
  setAllowlists(allowlists: readonly SeedAllowlist[]): void
  /**
   * Back to the state of its creation: seeds restored; machines, record, signals, faults and bans
   * gone. Listeners stay.
   */
  reset(): void
}

/**
 * Creates a local CrowdSec Central API (CAPI v3) for tests and offline work.
 *
 * @throws InputError naming every option that breaks a rule.
 * @example
 * const emulator = createEmulator({ decisions: 1000 })
 * const { url, close } = await emulator.listen()
 */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const state = new ServerState(options)
  const app = createApp(state)
  return {
    fetch: createFetch(app),
    listen: (listenOptions = {}) => listen(app, listenOptions),
    record: state.record,
    signals: state.signals,
    machines: state.machines,
    faults: state.faults,
    setDecisions: (decisions) => state.decisions.set(decisions),
    setBlocklists: (blocklists) => state.links.setBlocklists(blocklists),
    setAllowlists: (allowlists) => state.links.setAllowlists(allowlists),
    reset: () => state.reset(),
  }
}
