import { crc32 } from 'node:zlib'

const PARTITION = {
  queue: 'q',
  list: 'l',
  uuids: 'u',
  applied: 'a',
  credentials: 'c',
  bodies: 'b',
  rejected: 'r',
  rejectedAt: 'rt',
  sent: 's',
  sentAt: 'st',
} as const

const SHARD = {
  due: 'due',
  known: 'known',
  totals: 'totals',
  leases: 'leases',
  oldest: 'oldest',
  ids: 'ids',
  credentials: 'credentials',
  failing: 'failing',
  gone: 'gone',
  intents: 'intents',
  intentBodies: 'intent-bodies',
  put: 'put',
} as const

export type PartitionPart = keyof typeof PARTITION
export type ShardPart = keyof typeof SHARD

/** Every part of a partition, the queue first. */
export const PARTITION_PARTS: readonly PartitionPart[] = [
  'queue',
  'list',
  'uuids',
  'applied',
  'credentials',
  'bodies',
  'rejected',
  'rejectedAt',
  'sent',
  'sentAt',
]

/** Percent-encodes what a hash tag or a pattern could trip over; usual ids stay as they are. */
function encode(text: string): string {
  return text === '' ? '%' : encodeURIComponent(text.toWellFormed())
}

/**
 * The one place where names of keys are made: `namespace:kind:…`. What stands in braces decides the
 * slot on Redis Cluster.
 */
export class Keys {
  readonly #namespace: string

  constructor(namespace: string) {
    this.#namespace = namespace
  }

  /** What the keys of every partition begin with, before the machine's hash tag. */
  get everyPartition(): string {
    return `${this.#namespace}:m:`
  }

  /** Keys of a machine's partition. All of them carry the machine's hash tag. */
  partition(machineId: string, ...parts: readonly PartitionPart[]): string[] {
    const prefix = `${this.#namespace}:m:{${encode(machineId)}}:`
    return parts.map((part) => prefix + PARTITION[part])
  }

  /** A pattern that finds the first key of every partition. */
  get everyQueue(): string {
    return `${this.#namespace}:m:{*}:${PARTITION.queue}`
  }

  /** The machine of a key that {@link Keys.everyQueue} found. */
  machineOf(queue: string): string {
    const id = queue.slice(`${this.#namespace}:m:{`.length, -`}:${PARTITION.queue}`.length)
    return id === '%' ? '' : decodeURIComponent(id)
  }

  /** Keys of a shard of the index. All of them carry the shard's hash tag. */
  shard(shard: number, ...parts: readonly ShardPart[]): string[] {
    const prefix = `${this.#namespace}:i:{${this.#namespace}.${shard}}:`
    return parts.map((part) => prefix + SHARD[part])
  }

  state(key: string): string {
    return `${this.#namespace}:s:${encode(key)}`
  }

  get meta(): string {
    return `${this.#namespace}:meta`
  }
}

/**
 * Says to which shard of the index a machine belongs. Fixed for ever: it is a matter of what is
 * stored.
 */
export function shardOf(machineId: string, shards: number): number {
  return crc32(machineId) % shards
}
