import { isCscapiError } from '@cscapi/core'
import type { Connection, Script } from './connect/connection.js'
import type { ServerWatch } from './connect/server-watch.js'
import { tookTooLong, toStorageError } from './errors.js'
import { Journal } from './journal.js'
import type { Keys, PartitionPart } from './keys.js'
import { list, text, whole } from './reply.js'
import { scripts } from './scripts.gen.js'
import { type IntentRef, ShardIndex, type Summary } from './shard-index.js'

/** The scripts of a step: one for the partition alone, and one that tells the index too. */
export interface Step {
  readonly apart: Script
  readonly atOnce: Script
}

/** What every operation works on, once the store is open. */
export class Partitions {
  readonly connection: Connection
  readonly keys: Keys
  readonly index: ShardIndex
  readonly journal: Journal
  readonly watch: ServerWatch
  readonly #offsetMs: () => number

  constructor(connection: Connection, keys: Keys, shards: number, watch: ServerWatch, offsetMs: () => number) {
    this.watch = watch
    this.connection = connection
    this.keys = keys
    this.#offsetMs = offsetMs
    this.index = new ShardIndex(connection, keys, shards, () => this.offset)
    this.journal = new Journal(connection, keys, this.index, () => this.offset)
  }

  /** What scripts add to the server's time, in microseconds: 0 but in tests. */
  get offset(): number {
    return Math.round(this.#offsetMs() * 1_000)
  }

  /** Runs a script on a machine's partition. */
  run(
    script: Script,
    machineId: string,
    parts: readonly PartitionPart[],
    args: readonly (string | number)[] = [],
  ): Promise<unknown> {
    return this.connection.run(script, this.keys.partition(machineId, ...parts), [this.offset, ...args])
  }

  /**
   * Changes one partition in a way that the index must learn of: the intent, the script (its first
   * argument is the fence, its reply begins with a count and the summary), the report.
   */
  async change(
    script: Script,
    machineId: string,
    parts: readonly PartitionPart[],
    args: readonly (string | number)[] = [],
  ): Promise<readonly unknown[]> {
    const intent = await this.journal.write([machineId], [], false)
    const reply = list(await this.run(script, machineId, parts, [intent.fence, ...args]))
    const [count, line] = reply
    if (whole(count) === -1) throw tookTooLong(script.name)
    await this.report(line === undefined ? [] : [{ machineId, line: text(line) }], intent)
    return reply
  }

  /** Whether one script may touch everything, so that nothing has to be written down before it. */
  get isOneServer(): boolean {
    return !this.connection.isCluster && this.index.shards === 1
  }

  /**
   * Takes a step with one partition after which the index is told: in one script on one server, in
   * two calls on a cluster. The script's reply has the summary second, or nothing to tell.
   */
  async step(
    { apart, atOnce }: Step,
    machineId: string,
    parts: readonly PartitionPart[],
    args: readonly (string | number)[],
  ): Promise<readonly unknown[]> {
    if (this.isOneServer) {
      const keys = [...this.index.keysAtOnce, ...this.keys.partition(machineId, ...parts)]
      return list(await this.connection.run(atOnce, keys, [this.offset, machineId, ...args]))
    }
    const reply = list(await this.run(apart, machineId, parts, [machineId, ...args]))
    const line = text(reply[1])
    if (line !== '') await this.report([{ machineId, line }])
    return reply
  }

  async summarize(machineId: string): Promise<Summary> {
    return { machineId, line: text(await this.run(scripts.summarize, machineId, ['queue', 'list'])) }
  }

  /**
   * Tells the index. The partitions have changed for good by then, so a failure is no failure of
   * the operation: the index is put right by the replay of the intent, or when the machine comes up
   * next. Says whether it worked.
   */
  async report(summaries: readonly Summary[], intent?: IntentRef): Promise<boolean> {
    try {
      await this.index.report(summaries, intent, (machineId) => this.summarize(machineId))
      return true
    } catch (error) {
      const typed = toStorageError(error, 'report', this.connection.lastError, this.connection.secrets)
      if (isCscapiError(typed) && typed.retryable) return false
      throw typed
    }
  }
}
