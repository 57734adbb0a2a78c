import { restoreConnection, type SavedSshd, saveConnection } from './saved-sshd.js'
import type { SshdConnection } from './sshd-connection.js'
import type { SshdForm } from './sshd-forms.js'
import type { SshdSighting } from './sshd-message.js'

/** Where a line was written: the host, and the process there. */
export interface SshdSource {
  readonly at: number
  readonly host: string
  readonly program: string
  readonly pid: string | undefined
}

export type SavedAttempts = Pick<SavedSshd, 'found' | 'connections' | 'sweptAt'>

/**
 * As long as a client may take to log in: `LoginGraceTime` of sshd is two minutes unless set
 * otherwise.
 */
export const LOGIN_GRACE_MS = 120_000
/** How often the quiet ones are looked for, in the log's own time. */
const SWEEP_MS = 1_000
/** Each is found by two keys at most. */
const MOST_CONNECTIONS = 25_000

/**
 * Counts attempts in place of lines. sshd, PAM and its monitor each tell of the same attempt: there
 * were as many as the one tells of that tells of most.
 */
export class SshdAttempts {
  /**
   * By process and address, and by address and port; the one that was quiet for longest comes
   * first.
   */
  readonly #connections = new Map<string, SshdConnection>()
  readonly #most: number
  readonly #restored: readonly SshdConnection[] = []
  #sweptAt = 0
  /**
   * Connections that were forgotten while they may still have been open, because there were too
   * many.
   */
  dropped = 0

  constructor(mostConnections = MOST_CONNECTIONS, saved?: SavedAttempts) {
    this.#most = mostConnections
    if (saved === undefined) return
    this.#sweptAt = saved.sweptAt
    this.#restored = saved.connections.map(restoreConnection)
    for (const [key, place] of saved.found) {
      const connection = this.#restored[place]
      if (connection !== undefined) this.#connections.set(key, connection)
    }
  }

  /** Gives a connection by the place that it was saved at. */
  connectionAt(place: number): SshdConnection | undefined {
    return this.#restored[place]
  }

  /** Gives all that are open, and the place at which each is saved. */
  save(): SavedAttempts & { readonly placeOf: (connection: object) => number | null } {
    const places = new Map<object, number>()
    const connections = [...new Set(this.#connections.values())]
    for (const connection of connections) places.set(connection, places.size)
    const placeOf = (connection: object) => places.get(connection) ?? null
    const found = [...this.#connections].map(([key, connection]) => [key, placeOf(connection) ?? 0] as [string, number])
    return { found, connections: connections.map(saveConnection), sweptAt: this.#sweptAt, placeOf }
  }

  /**
   * Gives the connection that a line tells of, and how many attempts it adds to those that earlier
   * lines told of.
   */
  see({ form, address, port, times }: SshdSighting, source: SshdSource, repeats: number): [SshdConnection, number] {
    this.#forgetQuiet(source.at)
    const ofProcess = `${source.host} ${address} [${source.pid ?? ''}]`
    const keys = port === undefined ? [ofProcess] : [ofProcess, `${source.host} ${address} ${port}`]
    const connection = this.#find(keys, { form, port }, source) ?? {
      ...{ port, keys: new Set(), isAccepted: false, lastAt: source.at },
      ...{ pids: new Map(), told: new Map(), attempts: new Map() },
    }
    this.#forget(connection)
    this.#makeRoom()
    connection.lastAt = source.at
    connection.port ??= port
    if (source.pid !== undefined) connection.pids.set(source.program, source.pid)
    for (const key of keys) connection.keys.add(key)
    for (const key of connection.keys) this.#connections.set(key, connection)
    return [connection, added(connection, form, times * repeats)]
  }

  #find(
    keys: readonly string[],
    { form, port }: Pick<SshdSighting, 'form' | 'port'>,
    source: SshdSource,
  ): SshdConnection | undefined {
    for (const key of keys) {
      const found = this.#connections.get(key)
      if (found === undefined || isApart(found, source.at)) continue
      // Nobody logs in where he is logged in already.
      if (found.isAccepted && form.shows === 'ssh-login') continue
      // The number of a process is used again, and so is a port, which the client chooses.
      const hasPort = found.port === undefined || port === undefined || found.port === port
      const pid = found.pids.get(source.program)
      if (hasPort && (pid === undefined || source.pid === undefined || pid === source.pid)) return found
    }
    return undefined
  }

  #forget(connection: SshdConnection): void {
    for (const key of connection.keys) {
      if (this.#connections.get(key) === connection) this.#connections.delete(key)
    }
  }

  #forgetQuiet(at: number): void {
    if (Math.abs(at - this.#sweptAt) < SWEEP_MS) return
    this.#sweptAt = at
    for (const connection of this.#connections.values()) {
      if (!isApart(connection, at)) return
      this.#forget(connection)
    }
  }

  /** A tenth of all at once: to take the first from a map again and again is slow. */
  #makeRoom(): void {
    if (this.#connections.size < 2 * this.#most) return
    const left = this.#connections.size * 0.9
    for (const connection of this.#connections.values()) {
      if (this.#connections.size <= left) return
      this.#forget(connection)
      this.dropped += 1
    }
  }
}

function added({ told, attempts }: SshdConnection, form: SshdForm, times: number): number {
  if (form.shows === 'accepted') return 0
  // That a connection ended counts only if it tried nothing that counts by itself.
  const isEnd = form.shows === 'probe' || form.shows === 'end'
  if (isEnd && [...attempts.keys()].some((shown) => shown !== 'probe' && shown !== 'end')) return 0
  const count = form.isOnce ? 1 : (told.get(form) ?? 0) + times
  told.set(form, count)
  const before = attempts.get(form.shows) ?? 0
  if (count <= before) return 0
  attempts.set(form.shows, count)
  return count - before
}

function isApart({ lastAt }: SshdConnection, at: number): boolean {
  return Math.abs(at - lastAt) > LOGIN_GRACE_MS
}
