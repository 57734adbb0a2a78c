import type { StateStore } from '@cscapi/client'
import { lazily } from '@cscapi/signals'
import * as z from 'zod'
import { stateKeys } from '../state-keys.js'
import { StoredJson } from '../stored-json.js'
import { alertSchema, type PostedAlert } from './alert-schema.js'

const recordSchema = lazily(() =>
  z.object({
    id: z.int().min(1),
    uuid: z.string(),
    agent: z.string(),
    createdAt: z.number(),
    alert: alertSchema(),
  }),
)

/** An alert as it is kept. */
export type AlertRecord = z.infer<ReturnType<typeof recordSchema>>

const headSchema = lazily(() => z.object({ nextId: z.int().min(1), shards: z.array(z.int().min(0)) }))
type Head = z.infer<ReturnType<typeof headSchema>>

/** Alerts in one value of the store: each change writes one. */
const SHARD = 50
/** The oldest are forgotten. */
const MOST_ALERTS = 5_000

/** The alerts that were posted lately, in the store and in memory. */
export class AlertBook {
  readonly #state: StateStore | undefined
  readonly #head: StoredJson<Head> | undefined
  readonly #records = new Map<number, AlertRecord>()
  readonly #ids = new Map<string, number>()
  #nextId = 1
  #loading: Promise<void> | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(state: StateStore | undefined) {
    this.#state = state
    this.#head = state && new StoredJson<Head>(state, stateKeys.alerts, headSchema(), { nextId: 1, shards: [] })
  }

  /** All of them, the oldest first. */
  async all(): Promise<AlertRecord[]> {
    await this.#load()
    return [...this.#records.values()]
  }

  async get(id: number): Promise<AlertRecord | undefined> {
    await this.#load()
    return this.#records.get(id)
  }

  /** Keeps alerts and gives their ids, in order; one that it has keeps its id. */
  async add(alerts: readonly { uuid: string; agent: string; alert: PostedAlert }[], now: number): Promise<number[]> {
    return this.#inTurn(async () => {
      const changed = new Set<number>()
      const ids = alerts.map(({ uuid, agent, alert }) => {
        const known = this.#ids.get(uuid)
        if (known !== undefined) return known
        const id = this.#nextId
        this.#nextId += 1
        this.#put({ id, uuid, agent, createdAt: now, alert })
        changed.add(shardOf(id))
        return id
      })
      for (const [id] of this.#records) {
        if (this.#records.size <= MOST_ALERTS) break
        this.#drop(id)
        changed.add(shardOf(id))
      }
      await this.#write(changed)
      return ids
    })
  }

  /** Forgets alerts, and gives how many there were. */
  async remove(ids: readonly number[]): Promise<number> {
    return this.#inTurn(async () => {
      const known = ids.filter((id) => this.#records.has(id))
      for (const id of known) this.#drop(id)
      await this.#write(new Set(known.map(shardOf)))
      return known.length
    })
  }

  #put(record: AlertRecord): void {
    this.#records.set(record.id, record)
    this.#ids.set(record.uuid, record.id)
  }

  #drop(id: number): void {
    this.#ids.delete(this.#records.get(id)?.uuid ?? '')
    this.#records.delete(id)
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(() => this.#load()).then(work)
    this.#last = done.catch(() => undefined)
    return done
  }

  async #write(shards: ReadonlySet<number>): Promise<void> {
    if (this.#state === undefined || shards.size === 0) return
    for (const shard of shards) {
      const records = [...this.#records.values()].filter(({ id }) => shardOf(id) === shard)
      const bytes = records.length === 0 ? undefined : new TextEncoder().encode(JSON.stringify(records))
      await this.#state.setState(stateKeys.alertShard(shard), bytes)
    }
    const all = new Set([...this.#records.keys()].map(shardOf))
    await this.#head?.write({ nextId: this.#nextId, shards: [...all] })
  }

  async #load(): Promise<void> {
    this.#loading ??= this.#read().catch((error: unknown) => {
      this.#loading = undefined
      throw error
    })
    await this.#loading
  }

  async #read(): Promise<void> {
    if (this.#state === undefined || this.#head === undefined) return
    const { nextId, shards } = await this.#head.read()
    this.#nextId = nextId
    for (const shard of shards.toSorted((a, b) => a - b)) {
      const stored = new StoredJson(this.#state, stateKeys.alertShard(shard), z.array(recordSchema()), [])
      for (const record of await stored.read()) {
        this.#put(record)
        this.#nextId = Math.max(this.#nextId, record.id + 1)
      }
    }
  }
}

const shardOf = (id: number) => Math.floor(id / SHARD)
