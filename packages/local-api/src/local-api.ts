import { generateMachineIdFromKey } from '@cscapi/client'
import { AlertBook } from './alerts/alert-book.js'
import { AlertIntake } from './alerts/alert-intake.js'
import { createApp, type LocalApiApp } from './app.js'
import { BouncerDoor } from './bouncers/authenticate.js'
import type { LocalApiContext } from './context.js'
import { Following } from './following.js'
import { Attempts } from './http/attempts.js'
import { CallerAddresses } from './http/caller-address.js'
import { type ListeningLocalApi, type ListenOptions, listen } from './http/listen.js'
import { type LocalApiOptions, type ResolvedLocalApiOptions, resolveOptions } from './options.js'
import { AnnouncedStore } from './stream/announced-store.js'
import { Announcements } from './stream/announcements.js'
import { Cursors } from './stream/cursors.js'
import { WatcherDoor } from './watchers/authenticate.js'
import { Tokens } from './watchers/tokens.js'

/** The engine's Local API, for bouncers and agents as they are. */
export interface LocalApi {
  /** The Hono app, to be mounted in another one. */
  readonly app: LocalApiApp
  /** Answers a request of this process, or of a server that calls it. */
  fetch(request: Request): Promise<Response>
  /**
   * Listens, on `127.0.0.1:8080` if nothing else is said.
   * @throws InputError; or what `listen` of `node:net` reports, such as `EADDRINUSE`
   */
  listen(options?: ListenOptions): Promise<ListeningLocalApi>
  /** Writes to the store what is not there yet. */
  flush(): Promise<void>
}

/**
 * Makes the Local API. It takes no address before `listen`.
 *
 * @example
 * ```ts
 * const keys = new BouncerKeys(storage)
 * const api = createLocalApi({ decisions: await client.decisions(), client, keys, storage })
 * await api.listen({ port: 8080 })
 * ```
 * @throws InputError that lists every option that is wrong; no key is shown
 */
export function createLocalApi(options: LocalApiOptions): LocalApi {
  const context = createContext(resolveOptions(options))
  const app = createApp(context)
  const flush = () => context.cursors.flush()
  return {
    app,
    fetch: async (request) => app.fetch(request),
    flush,
    async listen(given = {}) {
      const listening = await listen((request, env) => app.fetch(request, env), given, flush)
      // Before the first bouncer asks: what was announced is read, and what has changed is logged.
      await context.announcements.sync()
      return listening
    },
  }
}

function createContext(options: ResolvedLocalApiOptions): LocalApiContext {
  const { decisions, client, machines, storage, now, warn } = options
  const onTrouble = (error: unknown) =>
    warn('announcements_not_stored', 'What bouncers were told could not be stored', error)
  const attempts = new Attempts(now)
  const cursors = new Cursors(storage, onTrouble)
  const store = storage && new AnnouncedStore(storage)
  const alerts = new AlertBook(storage)
  return {
    options,
    attempts,
    cursors,
    alerts,
    following: new Following(client, now, (error) =>
      warn('decisions_not_read', 'What other processes decided could not be read', error),
    ),
    addresses: new CallerAddresses(options.trustedProxies, options.trustedAddresses),
    bouncers: new BouncerDoor({ keys: options.keys, attempts, certificateUnits: options.bouncerUnits }),
    watchers: machines && new WatcherDoor(machines, new Tokens(storage, now)),
    announcements: new Announcements({ decisions, store, now, lastTold: () => cursors.lastSeq(), onTrouble }),
    intake: client && new AlertIntake({ ...options, client, book: alerts, machineOf: machineOf(options) }),
  }
}

/** Agents' names are free text, CAPI's are not. */
function machineOf({ machineId = '', machinePerAgent }: ResolvedLocalApiOptions): (agent: string) => string {
  return (agent) => (machinePerAgent ? generateMachineIdFromKey(`${machineId} ${agent}`) : machineId)
}
