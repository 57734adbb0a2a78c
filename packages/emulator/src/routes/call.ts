import type { Answer } from '../requests/answer.js'
import type { RouteName } from '../requests/recorded-request.js'
import type { ServerState } from '../server-state.js'

/** A call that got past fault injection, ban, authorisation and body parsing. */
export interface Call {
  readonly body: unknown
  /** Whose token it carries; `''` on routes that need none. */
  readonly machineId: string
  readonly headers: Readonly<Record<string, string>>
  readonly url: URL
  /** Parameter `:token` of a link. */
  readonly linkToken: string
}

export interface Route {
  readonly name: RouteName
  readonly method: 'GET' | 'POST' | 'OPTIONS'
  readonly path: string
  /** Whether it needs a token. */
  readonly authorised: boolean
  answer(call: Call, state: ServerState): Answer
}
