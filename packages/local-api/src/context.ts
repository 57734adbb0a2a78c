import type { AlertBook } from './alerts/alert-book.js'
import type { AlertIntake } from './alerts/alert-intake.js'
import type { BouncerDoor } from './bouncers/authenticate.js'
import type { Following } from './following.js'
import type { Attempts } from './http/attempts.js'
import type { CallerAddresses } from './http/caller-address.js'
import type { Connection } from './http/connection.js'
import type { ResolvedLocalApiOptions } from './options.js'
import type { Announcements } from './stream/announcements.js'
import type { Cursors } from './stream/cursors.js'
import type { WatcherDoor } from './watchers/authenticate.js'

/** What every route of one Local API shares. */
export interface LocalApiContext {
  readonly options: ResolvedLocalApiOptions
  readonly bouncers: BouncerDoor
  readonly watchers: WatcherDoor | undefined
  /** Wrong keys and passwords, by address. */
  readonly attempts: Attempts
  readonly addresses: CallerAddresses
  readonly following: Following
  readonly announcements: Announcements
  readonly cursors: Cursors
  readonly alerts: AlertBook
  readonly intake: AlertIntake | undefined
}

/** One request, as routes see it. */
export interface Call {
  readonly request: Request
  readonly connection: Connection
  readonly query: URLSearchParams
  /** Of the path, decoded. */
  readonly param: string
  readonly isHead: boolean
}

/** What answers a method of a path. */
export interface Route {
  readonly path: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Whether HEAD is answered too. */
  readonly withHead?: true
  answer(call: Call, context: LocalApiContext): Response | Promise<Response>
}
