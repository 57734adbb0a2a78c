import type { Capi, DuePause, MachineAuthenticator, Outcomes } from '@cscapi/core'
import type { Intake } from './intake/intake.js'
import type { Shutdown } from './lifecycle/shutdown.js'
import type { EventFeed } from './observing/events.js'
import type { RequestCounts } from './observing/request-counts.js'
import type { ResolvedOptions } from './options.js'
import type { SealedStorage } from './sealing/sealed-storage.js'

/** What every part of one client shares. */
export interface ClientContext {
  readonly options: ResolvedOptions
  readonly storage: SealedStorage
  readonly capi: Capi
  readonly authenticator: MachineAuthenticator
  readonly outcomes: Outcomes
  readonly events: EventFeed
  readonly counts: RequestCounts
  readonly intake: Intake
  readonly shutdown: Shutdown
  /** How many leases this client holds now. */
  readonly leases: { held: number }
  /** Writes a pause down for every process of the store, and tells of it. */
  pauseStore(pause: DuePause): Promise<void>
}
