import { type Capi, createCapi, MachineAuthenticator } from '@cscapi/core'
import { storePauser } from './bans/pause-store.js'
import type { ClientContext } from './context.js'
import { Intake } from './intake/intake.js'
import { Shutdown } from './lifecycle/shutdown.js'
import { EventFeed } from './observing/events.js'
import { logEvents } from './observing/log-events.js'
import { RequestCounts } from './observing/request-counts.js'
import type { ResolvedOptions } from './options.js'
import { sealedStorage } from './sealing/sealed-storage.js'

/** Puts the parts of one client together. */
export function createContext(options: ResolvedOptions): ClientContext {
  const storage = sealedStorage(options.storage, options.encryption)
  const events = createEvents()
  const counts = new RequestCounts(events)
  if (options.logger !== undefined) logEvents(events, options.logger)
  const capi = createCalls(options, events)
  const pauseStore = storePauser(storage, events)
  const authenticator = new MachineAuthenticator({
    scenarios: options.scenarios,
    clock: options.clock,
    random: options.random,
    timeoutMs: options.timeoutMs,
    latencyOffsetMs: options.latencyOffsetMs,
    retryDelayMs: options.retryDelayMs,
    maxRetryDelayMs: options.maxRetryDelayMs,
    allowLongMachineIds: options.allowLongMachineIds,
    ...(options.loginBudget !== undefined && { loginBudget: options.loginBudget }),
    capi,
    store: storage,
    pauseStore,
    onLogin: (machineId) => events.emit('login', { machineId }),
    onTokenDropped: (machineId, flaw) => {
      const message = `The stored token of machine ${machineId} ${flaw}; it is dropped, and the machine logs in again`
      events.emit('warning', { code: 'token_dropped', message })
    },
    onFailing: (machineId, failing) => events.emit('machineFailing', { machineId, ...failing }),
  })
  const { outcomes } = authenticator
  const intake = new Intake(options, storage, events)
  const leases = { held: 0 }
  const shutdown = new Shutdown(options.clock, events, leases)
  return { options, storage, capi, authenticator, outcomes, events, counts, intake, shutdown, leases, pauseStore }
}

function createEvents(): EventFeed {
  const events = new EventFeed((name, error) => {
    const message = `A listener of "${name}" threw`
    if (name !== 'warning') events.emit('warning', { code: 'listener_failed', message, error })
  })
  return events
}

function createCalls(options: ResolvedOptions, events: EventFeed): Capi {
  const { environment, userAgentPrefix, timeoutMs, gzip, fetch, ca, proxy, clock } = options
  return createCapi({
    environment,
    timeoutMs,
    gzip,
    now: () => clock.now(),
    ca,
    proxy,
    onWarning: (warning) => events.emit('warning', warning),
    onRequest: (event) => events.emit('request', event),
    ...(userAgentPrefix !== undefined && { userAgentPrefix }),
    ...(fetch !== undefined && { fetch }),
  })
}
