import { randomUUID } from 'node:crypto'
import type { StateStore } from '@cscapi/client'
import type { DecisionSet } from '@cscapi/decisions'
import { lazily, parseJson } from '@cscapi/signals'
import * as z from 'zod'
import { stateKeys } from '../state-keys.js'
import { StoredJson } from '../stored-json.js'
import { GONE_KEPT_MS, type GoneEntry, type GoneGroup } from './change-log.js'

const groupsSchema = lazily(() =>
  z.array(
    z.object({
      origin: z.string(),
      scenario: z.string(),
      scope: z.string(),
      type: z.string(),
      values: z.array(z.string()),
    }),
  ),
)

const pointerSchema = lazily(() =>
  z
    .object({
      seq: z.number(),
      at: z.number(),
      generation: z.string(),
      chunks: z.int().min(0),
      gone: z.array(z.object({ seq: z.number(), at: z.number(), parts: z.int().min(0) })),
    })
    .optional(),
)
type Pointer = NonNullable<z.infer<ReturnType<typeof pointerSchema>>>

/** What bouncers were told, as the process before left it. */
export interface Announced {
  readonly seq: number
  /** Epoch milliseconds. */
  readonly at: number
  /** Of a {@link DecisionSet}. */
  readonly snapshot: Uint8Array
  readonly gone: readonly GoneEntry[]
}

/** Values of one part of what ended, which keeps each below what a store takes. */
const PART = 50_000

/** Keeps what was announced in the store: as a snapshot, and each change's ended values beside it. */
export class AnnouncedStore {
  readonly #state: StateStore
  readonly #pointer: StoredJson<Pointer | undefined>

  constructor(state: StateStore) {
    this.#state = state
    this.#pointer = new StoredJson<Pointer | undefined>(state, stateKeys.announced, pointerSchema(), undefined)
  }

  /** `undefined` where there is none, or not all of it. @throws what the store throws */
  async read(): Promise<Announced | undefined> {
    const pointer = await this.#pointer.read()
    if (pointer === undefined) return undefined
    const chunks: Uint8Array[] = []
    for (let index = 0; index < pointer.chunks; index += 1) {
      const chunk = await this.#state.getState(stateKeys.announcedChunk(pointer.generation, index))
      if (chunk === undefined) return undefined
      chunks.push(chunk.value)
    }
    const gone: GoneEntry[] = []
    for (const { seq, at, parts } of pointer.gone) {
      const groups: GoneGroup[] = []
      for (let part = 0; part < parts; part += 1) {
        const stored = await this.#state.getState(stateKeys.gone(seq, part))
        const text = stored && parseJson(new TextDecoder().decode(stored.value))
        groups.push(...(groupsSchema().safeParse(text).data ?? []))
      }
      gone.push({ seq, at, groups })
    }
    return { seq: pointer.seq, at: pointer.at, snapshot: Buffer.concat(chunks), gone }
  }

  /** Writes the set as it is at the call, and what ended with it. @throws what the store throws */
  async write({ seq, groups }: GoneEntry, decisions: DecisionSet, now: number): Promise<void> {
    const snapshot = decisions.toChunks()
    const before = await this.#pointer.read()
    const generation = randomUUID()
    let chunks = 0
    for await (const chunk of snapshot) {
      await this.#state.setState(stateKeys.announcedChunk(generation, chunks), chunk)
      chunks += 1
    }
    const parts = inParts(groups)
    for (const [part, some] of parts.entries())
      await this.#state.setState(stateKeys.gone(seq, part), new TextEncoder().encode(JSON.stringify(some)))
    const earlier = before?.gone ?? []
    const kept = earlier.filter(({ at }) => at > now - GONE_KEPT_MS)
    const gone = parts.length === 0 ? kept : [...kept, { seq, at: now, parts: parts.length }]
    await this.#pointer.write({ seq, at: now, generation, chunks, gone })
    await this.#forget(
      before,
      earlier.filter((one) => !kept.includes(one)),
    )
  }

  async #forget(before: Pointer | undefined, gone: Pointer['gone']): Promise<void> {
    for (let index = 0; index < (before?.chunks ?? 0); index += 1)
      await this.#state.setState(stateKeys.announcedChunk(before?.generation ?? '', index), undefined)
    for (const { seq, parts } of gone)
      for (let part = 0; part < parts; part += 1) await this.#state.setState(stateKeys.gone(seq, part), undefined)
  }
}

function inParts(groups: readonly GoneGroup[]): GoneGroup[][] {
  const slices = groups.flatMap(({ values, ...names }) =>
    Array.from({ length: Math.ceil(values.length / PART) }, (_, at) => ({
      ...names,
      values: values.slice(at * PART, (at + 1) * PART),
    })),
  )
  const parts: GoneGroup[][] = []
  let held = PART
  for (const slice of slices) {
    if (held + slice.values.length > PART) {
      parts.push([])
      held = 0
    }
    parts.at(-1)?.push(slice)
    held += slice.values.length
  }
  return parts
}
