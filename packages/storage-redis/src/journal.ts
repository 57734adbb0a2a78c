import { randomUUID } from 'node:crypto'
import type { QueuedSignal } from '@cscapi/storage'
import type { Connection } from './connect/connection.js'
import type { Keys } from './keys.js'
import { text, texts } from './reply.js'
import { scripts } from './scripts.gen.js'
import { type IntentRef, LONGEST_INTENT_US, type ShardIndex } from './shard-index.js'

/** An intent whose index was not reported after so long is replayed. */
const REPLAY_US = 15_000_000
/**
 * Until when a writer may act on its intent. The difference bears the clocks of the nodes being
 * apart.
 */
const FENCE_US = 10_000_000

export interface Intent extends IntentRef {
  /** The server's time, in microseconds, after which partitions refuse what is done in its name. */
  readonly fence: string
}

export interface TakenIntent extends Intent {
  readonly machineIds: readonly string[]
  /** Empty for an intent that only says which partitions are to be reported. */
  readonly signals: readonly QueuedSignal[]
}

/**
 * Intents: what is about to be done to partitions is written down first, in one write, and crossed
 * out with the report to the index. What a crash leaves behind is replayed by whoever leases next,
 * so nothing stays half-done and no partition stays asleep with signals in it.
 */
export class Journal {
  readonly #connection: Connection
  readonly #keys: Keys
  readonly #index: ShardIndex
  readonly #offset: () => number

  constructor(connection: Connection, keys: Keys, index: ShardIndex, offset: () => number) {
    this.#connection = connection
    this.#keys = keys
    this.#index = index
    this.#offset = offset
  }

  /**
   * Writes an intent down. The signals stand in it too where doing it takes several writes.
   * `isRefusable`: fails at maxmemory, as what brings more into the store should.
   */
  async write(machineIds: readonly string[], signals: readonly QueuedSignal[], isRefusable: boolean): Promise<Intent> {
    const [first = ''] = machineIds
    const shard = this.#index.shardOf(first)
    const id = randomUUID()
    const args = [this.#offset(), id, encodeBody(machineIds, signals), REPLAY_US, FENCE_US, isRefusable ? '1' : '0']
    const fence = text(
      await this.#connection.run(scripts.writeIntent, this.#keys.shard(shard, 'intents', 'intentBodies'), args),
    )
    return { shard, id, fence }
  }

  /** Takes the oldest intent of the shard that was left undone. */
  async take(shard: number): Promise<TakenIntent | undefined> {
    const keys = this.#keys.shard(shard, 'intents', 'intentBodies')
    const [id, body, fence] = texts(
      await this.#connection.run(scripts.takeIntent, keys, [this.#offset(), REPLAY_US, FENCE_US, LONGEST_INTENT_US]),
    )
    if (id === undefined || body === undefined || fence === undefined) return undefined
    return { shard, id, fence, ...decodeBody(body) }
  }
}

// Joined with U+0000, which neither ids nor payloads may hold: JSON would escape every quotation
// mark of the payloads.
function encodeBody(machineIds: readonly string[], signals: readonly QueuedSignal[]): string {
  if (signals.length === 0) return ['machines', ...machineIds].join('\0')
  return ['signals', ...signals.flatMap(({ machineId, uuid, payload }) => [machineId, uuid, payload])].join('\0')
}

function decodeBody(body: string): { machineIds: readonly string[]; signals: readonly QueuedSignal[] } {
  const [kind, ...fields] = body.split('\0')
  if (kind === 'machines') return { machineIds: fields, signals: [] }
  const signals: QueuedSignal[] = []
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [machineId = '', uuid = '', payload = ''] = fields.slice(at, at + 3)
    signals.push({ machineId, uuid, payload })
  }
  return { machineIds: [...new Set(signals.map(({ machineId }) => machineId))], signals }
}
