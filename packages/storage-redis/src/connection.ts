import { Cluster, Redis } from 'ioredis'
import { notReplicated, timedOut } from './errors.js'
import { DEFAULT_TIMEOUT_MS, type RedisStorageOptions } from './options.js'

/** A script as `scripts.gen.ts` holds it. */
export interface Script {
  readonly name: string
  readonly lua: string
  readonly sha: string
}

type Argument = string | number | Buffer

/** Everything else on the connection waits behind a `WAIT`. */
const LONGEST_WAIT_MS = 1_000

const reconnectDelay = (attempt: number) => Math.min(2_000, 50 * 2 ** Math.min(attempt, 6)) * (0.75 + Math.random() / 2)

function ownClient(options: RedisStorageOptions): Redis | Cluster {
  if ('client' in options) return options.client
  const { commandTimeoutMs = DEFAULT_TIMEOUT_MS, connectTimeoutMs = DEFAULT_TIMEOUT_MS, tls } = options
  const common = {
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    // A connection over which nothing comes is given up, or a lost network would hang every call until TCP notices.
    socketTimeout: commandTimeoutMs,
    // A lost connection fails the calls under way at once: the caller knows better than the driver whether to repeat them.
    maxRetriesPerRequest: 0,
    // A server that became a replica: connect anew, since the name may lead to the new master by now.
    reconnectOnError: (error: Error) => error.message.includes('READONLY'),
    ...(tls === undefined ? {} : { tls }),
  }
  if ('url' in options) return new Redis(options.url, { ...common, retryStrategy: reconnectDelay })
  const [first] = options.nodes
  const { username, password, protocol } = new URL(first ?? '')
  return new Cluster([...options.nodes], {
    lazyConnect: true,
    clusterRetryStrategy: reconnectDelay,
    slotsRefreshTimeout: connectTimeoutMs,
    redisOptions: {
      ...common,
      ...(username === '' ? {} : { username: decodeURIComponent(username) }),
      ...(password === '' ? {} : { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' && tls === undefined ? { tls: {} } : {}),
    },
  })
}

/** The client, with a bound on every command. */
export class Connection {
  readonly #client: Redis | Cluster
  readonly #isOwn: boolean
  readonly #timeoutMs: number
  readonly #waitForReplicas: number
  readonly #noteError = (error: Error) => {
    // A cluster says only that it found no node; why not is what the last node said.
    this.lastError = 'lastNodeError' in error && error.lastNodeError instanceof Error ? error.lastNodeError : error
  }
  readonly #forgetError = () => {
    this.lastError = undefined
  }
  /** Why there is no connection at present. */
  lastError: Error | undefined

  constructor(options: RedisStorageOptions) {
    this.#client = ownClient(options)
    this.#isOwn = !('client' in options)
    this.#timeoutMs = options.commandTimeoutMs ?? DEFAULT_TIMEOUT_MS
    this.#waitForReplicas = options.waitForReplicas ?? 0
    // Without a listener Node ends the process; failures reach the caller by the calls that fail.
    this.#client.on('error', this.#noteError)
    this.#client.on('ready', this.#forgetError)
  }

  get isCluster(): boolean {
    return this.#client.isCluster
  }

  /** Each server that holds keys. */
  get masters(): readonly Redis[] {
    return 'nodes' in this.#client ? this.#client.nodes('master') : [this.#client]
  }

  /** Runs a script by its hash, and in full where the server does not know it yet. (`defineCommand` would add methods to a client that may be the caller's.) */
  run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    return this.#evaluate('call', script, [keys.length, ...keys, ...args])
  }

  /** The same for a reply that holds bytes: texts arrive as `Buffer`s. */
  runForBytes(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    return this.#evaluate('callBuffer', script, [keys.length, ...keys, ...args])
  }

  async #evaluate(method: 'call' | 'callBuffer', script: Script, args: readonly Argument[]): Promise<unknown> {
    try {
      return await this.bounded(this.#client[method]('evalsha', script.sha, ...args))
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      return this.bounded(this.#client[method]('eval', script.lua, ...args))
    }
  }

  /** Up to `limit` members of a sorted set without scores, in the order of their bytes, after the given one. */
  membersAfter(key: string, after: string, limit: number): Promise<string[]> {
    return this.bounded(this.#client.zrangebylex(key, after === '' ? '-' : `(${after}`, '+', 'LIMIT', 0, limit))
  }

  async remove(key: string, members: readonly string[]): Promise<void> {
    await this.bounded(this.#client.zrem(key, ...members))
  }

  /** Waits until replicas have what this connection wrote, as {@link RedisStorageOptions.waitForReplicas} asks. */
  async replicate(): Promise<void> {
    if (this.#waitForReplicas === 0) return
    const waitMs = Math.min(LONGEST_WAIT_MS, this.#timeoutMs / 2)
    const confirmed = await Promise.all(
      this.masters.map((master) => this.bounded(master.wait(this.#waitForReplicas, waitMs))),
    )
    const fewest = Math.min(...confirmed)
    if (fewest < this.#waitForReplicas) throw notReplicated(fewest, this.#waitForReplicas, waitMs)
  }

  /** Waits for an answer at most `commandTimeoutMs`. The command may still be carried out later. */
  async bounded<T>(answer: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(this.lastError ?? timedOut(this.#timeoutMs)), this.#timeoutMs)
    })
    try {
      const result = await Promise.race([answer, timeout])
      this.#forgetError()
      return result
    } finally {
      clearTimeout(timer)
    }
  }

  /** Lets go of a client of our own; one that was handed in stays as it is. */
  async close(): Promise<void> {
    if (this.#isOwn && this.#client.status === 'ready') await this.bounded(this.#client.quit()).catch(() => undefined)
    if (this.#isOwn) this.#client.disconnect()
    else {
      this.#client.off('error', this.#noteError)
      this.#client.off('ready', this.#forgetError)
    }
  }
}
