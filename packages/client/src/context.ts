import { type Capi, createCapi, MachineAuthenticator } from '@cscapi/core'
import { Intake } from './intake/intake.js'
import { Shutdown } from './lifecycle/shutdown.js'
import { EventFeed } from './observing/events.js'
import { logEvents } from './observing/logger.js'
import { RequestCounts } from './observing/prometheus.js'
import type { ResolvedOptions } from './options.js'
import { type SealedStorage, sealedStorage } from './secrets/sealed-storage.js'

/** What every part of one client shares. */
export interface ClientContext {
  readonly options: ResolvedOptions
  readonly storage: SealedStorage
  readonly capi: Capi
  readonly authenticator: MachineAuthenticator
  readonly events: EventFeed
  readonly counts: RequestCounts
  readonly intake: Intake
  readonly shutdown: Shutdown
  /** Counted since the client was made; `leases` are those held now. */
  readonly totals: { requests: number; logins: number; leases: number }
}

export function createContext(options: ResolvedOptions): ClientContext {
  const { environment, userAgentPrefix, timeoutMs, gzip, fetch, ca, proxy } = options
  const storage = sealedStorage(options.storage, options.encryption)
  const totals = { requests: 0, logins: 0, leases: 0 }
  const events = new EventFeed((name, error) => {
    const message = `A listener of "${name}" threw`
    if (name !== 'warning') events.emit('warning', { code: 'listener_failed', message, error })
  })
  const counts = new RequestCounts(events)
  if (options.logger !== undefined) logEvents(events, options.logger)
  const capi = createCapi({
    environment,
    timeoutMs,
    gzip,
    now: () => options.clock.now(),
    ca,
    proxy,
    onWarning: (warning) => events.emit('warning', warning),
    onRequest: (event) => {
      totals.requests += 1
      events.emit('request', event)
    },
    ...(userAgentPrefix !== undefined && { userAgentPrefix }),
    ...(fetch !== undefined && { fetch }),
  })
  const authenticator = new MachineAuthenticator({
    scenarios: options.scenarios,
    clock: options.clock,
    random: options.random,
    timeoutMs,
    latencyOffsetMs: options.latencyOffsetMs,
    retryDelayMs: options.retryDelayMs,
    maxRetryDelayMs: options.maxRetryDelayMs,
    allowLongMachineIds: options.allowLongMachineIds,
    ...(options.loginBudget !== undefined && { loginBudget: options.loginBudget }),
    capi,
    store: storage,
    onLogin: (machineId) => {
      totals.logins += 1
      events.emit('login', { machineId })
    },
    onTokenDropped: (machineId, flaw) => {
      const message = `The stored token of machine ${machineId} ${flaw}; it is dropped, and the machine logs in again`
      events.emit('warning', { code: 'token_dropped', message })
    },
    onFailing: (machineId, failing) => events.emit('machineFailing', { machineId, ...failing }),
  })
  const intake = new Intake(options, storage, events)
  const shutdown = new Shutdown(options.clock, events, totals)
  return { options, storage, capi, authenticator, events, counts, intake, shutdown, totals }
}
