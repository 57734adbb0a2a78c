import type { Cluster, Redis } from 'ioredis'
import { notReplicated, timedOut } from '../errors.js'
import { DEFAULT_TIMEOUT_MS, type RedisStorageOptions } from '../options.js'
import { list, texts, whole } from '../reply.js'
import { isReady, isRefusedSelect, refuseEnded, secretsOf } from './client-state.js'
import { makeClient } from './own-client.js'
import { type Argument, type Driver, send } from './send.js'

/** A script as `scripts.gen.ts` holds it. */
export interface Script {
  readonly name: string
  readonly lua: string
  readonly sha: string
}

/** Everything else on the connection waits behind a `WAIT`. */
const LONGEST_WAIT_MS = 1_000

/** The client, with a bound on every command. */
export class Connection {
  readonly #driver: Driver
  readonly #client: Redis | Cluster
  readonly #isOwn: boolean
  readonly #timeoutMs: number
  readonly #waitForReplicas: number
  readonly #noteError = (error: Error) => {
    // A cluster says only that it found no node; why not is what the last node said.
    this.lastError = 'lastNodeError' in error && error.lastNodeError instanceof Error ? error.lastNodeError : error
    // The driver would go on in database 0, where another store may be.
    if (this.#isOwn && isRefusedSelect(error)) this.#client.disconnect(true)
  }
  readonly #forgetError = () => {
    this.lastError = undefined
  }
  /** Why there is no connection at present. */
  lastError: Error | undefined

  constructor(driver: Driver, options: RedisStorageOptions) {
    this.#driver = driver
    this.#isOwn = !('client' in options)
    this.#client = 'client' in options ? options.client : makeClient(driver, options)
    this.#timeoutMs = options.commandTimeoutMs ?? DEFAULT_TIMEOUT_MS
    this.#waitForReplicas = options.waitForReplicas ?? 0
    // Without a listener Node ends the process; failures reach the caller by the calls that fail.
    this.#client.on('error', this.#noteError)
    this.#client.on('ready', this.#forgetError)
  }

  /** Whether a command that got no answer is never sent again: a client of others may do so. */
  get sendsOnce(): boolean {
    return this.#isOwn
  }

  get isCluster(): boolean {
    return this.#client.isCluster
  }

  /** What no error may show. */
  get secrets(): readonly string[] {
    return secretsOf(this.#client)
  }

  /** Each server that holds keys. */
  get masters(): readonly Redis[] {
    return 'nodes' in this.#client ? this.#client.nodes('master') : [this.#client]
  }

  /**
   * Makes sure that a client which was handed in can be used: that it is connected, where it queues
   * nothing, and in its database.
   */
  async prepare(): Promise<void> {
    if (this.#isOwn) return
    const client = this.#client
    this.#refuseEnded()
    if (client.options.enableOfflineQueue === false && client.status !== 'ready') await this.bounded(isReady(client))
    if ('nodes' in client) return
    const db = client.condition?.select ?? client.options.db ?? 0
    // The driver takes a database that the server refuses for database 0.
    if (db !== 0) await this.command(client, 'SELECT', [db])
  }

  /**
   * Runs a script by its hash, and in full where the server does not know it yet. (`defineCommand`
   * would add methods to a client that may be the caller's.)
   */
  run(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    return this.#evaluate(script, [keys.length, ...keys, ...args], false)
  }

  /** Does the same for a reply that holds bytes: texts arrive as `Buffer`s. */
  runForBytes(script: Script, keys: readonly string[], args: readonly Argument[]): Promise<unknown> {
    return this.#evaluate(script, [keys.length, ...keys, ...args], true)
  }

  async #evaluate(script: Script, args: readonly Argument[], asBytes: boolean): Promise<unknown> {
    this.#refuseEnded()
    try {
      return await this.bounded(send(this.#driver, this.#client, 'EVALSHA', [script.sha, ...args], { asBytes }))
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
      return this.bounded(send(this.#driver, this.#client, 'EVAL', [script.lua, ...args], { asBytes }))
    }
  }

  /** Sends a command to one server. */
  command(server: Redis, name: Uppercase<string>, args: readonly Argument[]): Promise<unknown> {
    return this.bounded(send(this.#driver, server, name, args))
  }

  /**
   * Reads up to `limit` members of a sorted set without scores, in the order of their bytes, after
   * the given one.
   */
  async membersAfter(key: string, after: string, limit: number): Promise<string[]> {
    const range = [key, after === '' ? '-' : `(${after}`, '+', 'LIMIT', 0, limit]
    return texts(await this.bounded(send(this.#driver, this.#client, 'ZRANGEBYLEX', range)))
  }

  async deleteMembers(key: string, members: readonly string[]): Promise<void> {
    await this.bounded(send(this.#driver, this.#client, 'ZREM', [key, ...members]))
  }

  /** Takes a step through all keys of a server: where the next goes on, and what was found. */
  async scan(server: Redis, cursor: string, pattern: string, count: number): Promise<[next: string, keys: string[]]> {
    const [next, keys] = list(await this.command(server, 'SCAN', [cursor, 'MATCH', pattern, 'COUNT', count]))
    return [String(next), texts(keys)]
  }

  /**
   * Waits until replicas have what this connection wrote, as {@link
   * RedisStorageOptions.waitForReplicas} asks.
   */
  async replicate(): Promise<void> {
    if (this.#waitForReplicas === 0) return
    const waitMs = Math.min(LONGEST_WAIT_MS, this.#timeoutMs / 2)
    const confirmed = await Promise.all(
      this.masters.map((master) => this.command(master, 'WAIT', [this.#waitForReplicas, waitMs])),
    )
    const fewest = Math.min(...confirmed.map(whole))
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
    } catch (error) {
      // It may have ended while it was asked.
      this.#refuseEnded()
      throw error
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

  #refuseEnded(): void {
    if (!this.#isOwn) refuseEnded(this.#client)
  }
}
