import { StorageError } from '@cscapi/core'
import type { Connection, Script } from './connect/connection.js'
import { type Keys, type ShardPart, shardOf } from './keys.js'
import { list, text, texts, whole } from './reply.js'
import { scripts } from './scripts.gen.js'

/**
 * How long a claim hides a machine whose partition nobody has leased yet: a worker that dies in
 * between delays it so long.
 */
export const CLAIM_US = 5_000_000

/**
 * How far ahead of the index the clock of a partition may be, on one server and on a cluster:
 * beyond, it has been put back since.
 */
const SKEW_US = { server: 1_000_000, cluster: 6_000_000 }

/** No intent waits longer for its replay, whatever the clocks of the nodes are apart. */
export const LONGEST_INTENT_US = 22_000_000

/** A report read anew is late again only if clocks are apart. */
const REPORT_TRIES = 3

/** What a report writes. */
const REPORTED: readonly ShardPart[] = [
  'due',
  'known',
  'totals',
  'leases',
  'oldest',
  'ids',
  'credentials',
  'failing',
  'gone',
  'put',
]
const REPORT: readonly ShardPart[] = [...REPORTED, 'intents', 'intentBodies']

/** What a partition says of itself; scripts write and read it. */
export interface Summary {
  readonly machineId: string
  readonly line: string
}

/** An intent that is done once its partitions are reported. */
export interface IntentRef {
  readonly shard: number
  readonly id: string
}

export interface Claim {
  /** `undefined` when nothing is due. */
  readonly machineId: string | undefined
  /** Shards with an intent that waits for its replay. */
  readonly stale: readonly number[]
}

/**
 * Which machine is due next, which machines there are, and the totals. It lies in other slots than
 * the partitions and is a hint only: the partitions are the truth, and each change of one is
 * reported here with the partition's version, so that reports may come late, twice or in any order.
 */
export class ShardIndex {
  readonly #connection: Connection
  readonly #keys: Keys
  readonly #offset: () => number
  readonly shards: number
  #keysAtOnce: readonly string[] | undefined

  constructor(connection: Connection, keys: Keys, shards: number, offset: () => number) {
    this.#connection = connection
    this.#keys = keys
    this.shards = shards
    this.#offset = offset
  }

  /** How far ahead of a shard's clock a partition's may be, in microseconds. */
  get skewUs(): number {
    return this.shards === 1 ? SKEW_US.server : SKEW_US.cluster
  }

  /** Keys of the only shard, for scripts that change partitions and report them at once. */
  get keysAtOnce(): readonly string[] {
    this.#keysAtOnce ??= this.#keys.shard(0, ...REPORTED)
    return this.#keysAtOnce
  }

  /** The numbers of the shards. */
  eachShard(): number[] {
    return Array.from({ length: this.shards }, (_, shard) => shard)
  }

  shardOf(machineId: string): number {
    return shardOf(machineId, this.shards)
  }

  /**
   * Reports partitions; the intent, if any, is done with the last of them. `reread` gives the
   * present summary of one whose report came too late to be told from a forgotten one.
   */
  async report(
    summaries: readonly Summary[],
    intent: IntentRef | undefined,
    reread: (machineId: string) => Promise<Summary>,
  ): Promise<void> {
    const byShard = new Map<number, Summary[]>()
    for (const summary of summaries) {
      const shard = this.shardOf(summary.machineId)
      const others = byShard.get(shard)
      if (others === undefined) byShard.set(shard, [summary])
      else others.push(summary)
    }
    const last = intent === undefined ? undefined : (byShard.get(intent.shard) ?? [])
    if (intent !== undefined) byShard.delete(intent.shard)
    await Promise.all([...byShard].map(([shard, some]) => this.#reportShard(shard, some, '', reread)))
    if (intent !== undefined && last !== undefined) await this.#reportShard(intent.shard, last, intent.id, reread)
  }

  async #reportShard(
    shard: number,
    summaries: readonly Summary[],
    intentId: string,
    reread: (machineId: string) => Promise<Summary>,
  ): Promise<void> {
    let left = summaries
    for (let tries = 0; tries < REPORT_TRIES; tries += 1) {
      const args = left.flatMap(({ machineId, line }) => [machineId, line])
      const late = texts(await this.run(scripts.report, shard, REPORT, [this.#offset(), intentId, ...args]))
      if (late.length === 0) return
      left = await Promise.all(late.map(reread))
    }
    const message = 'The clocks of the Redis nodes are more than a minute apart: let them follow a time server'
    throw new StorageError('storage_failed', message, { adapter: 'redis', operation: 'report' })
  }

  /** Hides the machine that has been due longest from others for a moment. */
  async claim(): Promise<Claim> {
    if (this.shards === 1) {
      const only = await this.#claim(0, CLAIM_US)
      return { machineId: only.machineId, stale: only.isStale ? [0] : [] }
    }
    const looks = await Promise.all(this.eachShard().map((shard) => this.#claim(shard, 0)))
    const stale = looks.filter(({ isStale }) => isStale).map(({ shard }) => shard)
    for (const { shard } of looks
      .filter(({ machineId }) => machineId !== undefined)
      .sort((a, b) => a.dueSince - b.dueSince)) {
      const { machineId } = await this.#claim(shard, CLAIM_US)
      if (machineId !== undefined) return { machineId, stale }
    }
    return { machineId: undefined, stale }
  }

  async #claim(
    shard: number,
    claimUs: number,
  ): Promise<{ shard: number; machineId: string | undefined; dueSince: number; isStale: boolean }> {
    const [machineId, dueSince, stale] = list(
      await this.run(
        scripts.claim,
        shard,
        ['due', 'intents', 'leases', 'put'],
        [this.#offset(), claimUs, this.skewUs, LONGEST_INTENT_US],
      ),
    )
    const id = text(machineId)
    return {
      shard,
      machineId: id === '' ? undefined : id,
      dueSince: id === '' ? 0 : whole(dueSince),
      isStale: stale === '1',
    }
  }

  /** Runs a script on keys of one shard. */
  run(
    script: Script,
    shard: number,
    parts: readonly ShardPart[],
    args: readonly (string | number)[],
  ): Promise<unknown> {
    return this.#connection.run(script, this.#keys.shard(shard, ...parts), args)
  }
}
