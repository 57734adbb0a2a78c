import { type Capi, createCapi, MachineAuthenticator } from '@cscapi/core'
import type { Storage } from '@cscapi/storage'
import { EventFeed } from './events.js'
import type { ResolvedOptions } from './options.js'

/** What every part of one client shares. */
export interface ClientContext {
  readonly options: ResolvedOptions
  readonly storage: Storage
  readonly capi: Capi
  readonly authenticator: MachineAuthenticator
  readonly events: EventFeed
  /** Counted since the client was made. */
  readonly totals: { requests: number; logins: number }
}

export function createContext(options: ResolvedOptions): ClientContext {
  const { storage, environment, userAgentPrefix, timeoutMs, gzip, fetch } = options
  const totals = { requests: 0, logins: 0 }
  const events = new EventFeed()
  const capi = createCapi({
    environment,
    timeoutMs,
    gzip,
    onRequest: (event) => {
      totals.requests += 1
      events.emit('request', event)
    },
    ...(userAgentPrefix !== undefined && { userAgentPrefix }),
    ...(fetch !== undefined && { fetch }),
  })
  const authenticator = new MachineAuthenticator({
    ...options,
    capi,
    store: storage,
    onLogin: (machineId) => {
      totals.logins += 1
      events.emit('login', { machineId })
    },
  })
  return { options, storage, capi, authenticator, events, totals }
}
