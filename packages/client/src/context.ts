import { type Capi, createCapi, MachineAuthenticator } from '@cscapi/core'
import type { Storage } from '@cscapi/storage'
import type { ResolvedOptions } from './options.js'

/** What every part of one client shares. */
export interface ClientContext {
  readonly options: ResolvedOptions
  readonly storage: Storage
  readonly capi: Capi
  readonly authenticator: MachineAuthenticator
  /** Counted since the client was made. */
  readonly totals: { requests: number; logins: number }
}

export function createContext(options: ResolvedOptions): ClientContext {
  const { storage, environment, userAgentPrefix, timeoutMs, gzip, fetch } = options
  const totals = { requests: 0, logins: 0 }
  const capi = createCapi({
    environment,
    timeoutMs,
    gzip,
    onRequest: () => {
      totals.requests += 1
    },
    ...(userAgentPrefix !== undefined && { userAgentPrefix }),
    ...(fetch !== undefined && { fetch }),
  })
  const authenticator = new MachineAuthenticator({
    ...options,
    capi,
    store: storage,
    onLogin: () => {
      totals.logins += 1
    },
  })
  return { options, storage, capi, authenticator, totals }
}
