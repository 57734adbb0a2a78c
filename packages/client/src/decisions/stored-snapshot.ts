import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { getJsonState, type StateStore, stateKeys, toJsonState } from '@cscapi/core'
import { lazily } from '@cscapi/signals'
import * as z from 'zod'

/**
 * What a header can hold; anything else, as another program may have stored it, is passed over: the
 * list is downloaded whole then.
 */
function headerText() {
  return z
    .string()
    .regex(/^[\x20-\x7e\xa0-\xff]{1,1024}$/)
    .optional()
    .catch(undefined)
}

/** What is known of a list beside its entries: it saves downloading what did not change. */
const listSchema = () =>
  z.object({
    etag: headerText(),
    lastModified: headerText(),
    name: z.string().optional().catch(undefined),
    /** Scope, remediation and duration that its entries were made with. */
    terms: z.string().optional().catch(undefined),
    /** When its entries came, in epoch milliseconds. */
    replacedAt: z.number().optional().catch(undefined),
  })
export type KnownList = z.infer<ReturnType<typeof listSchema>>

const pointerSchema = lazily(() =>
  z.object({
    generation: z.string(),
    chunks: z.int().min(0),
    /** By kind and name. */
    lists: z.record(z.string(), listSchema()),
    /** When it was pulled, in epoch milliseconds; older versions of cscapi did not say. */
    pulledAt: z.number().optional().catch(undefined),
    /** The generation before, whose chunks may still be there. */
    previous: z.object({ generation: z.string(), chunks: z.int().min(0) }).optional(),
  }),
)

/** Where the snapshot is, and what is known of its lists. */
export interface SnapshotPointer extends Omit<z.infer<ReturnType<typeof pointerSchema>>, 'lists'> {
  readonly lists: ReadonlyMap<string, KnownList>
  readonly version: number
}

const POINTER = stateKeys.snapshot
const chunkKey = stateKeys.snapshotChunk

/** A pointer that cannot be read leads to nothing that can. */
const DAMAGED = { generation: '', chunks: 0, lists: {} }

export async function readPointer(state: StateStore): Promise<SnapshotPointer | undefined> {
  const stored = await getJsonState(state, POINTER, pointerSchema())
  if (stored === undefined) return undefined
  const { lists, ...rest } = stored.value ?? DAMAGED
  return { ...rest, lists: new Map(Object.entries(lists)), version: stored.version }
}

/** Gives the bytes that a pointer leads to; `undefined` where they are not there any more. */
export async function readSnapshot(
  state: StateStore,
  { generation, chunks }: SnapshotPointer,
): Promise<Uint8Array | undefined> {
  const parts: Uint8Array[] = []
  for (let index = 0; index < chunks; index += 1) {
    const stored = await state.getState(chunkKey(generation, index))
    if (stored === undefined) return undefined
    parts.push(stored.value)
  }
  return joined(parts)
}

/** A snapshot may have hundreds of megabytes: others have their turn while it is put together. */
async function joined(parts: readonly Uint8Array[]): Promise<Uint8Array> {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const [index, part] of parts.entries()) {
    bytes.set(part, at)
    at += part.length
    if (index % 8 === 7) await setImmediate()
  }
  return bytes
}

/**
 * Writes a snapshot, in chunks that hold up no store and no event loop for long, beside the one
 * before and then, in one step, puts the pointer to it: whoever dies in between leaves the old one
 * or the new one. The chunks of the one before the last are deleted, so that a process that reads
 * the last one meanwhile finds it whole. Returns the new pointer's version, or `undefined` when the
 * pointer is not `before` any more; nothing is changed then.
 */
export async function writeSnapshot(
  state: StateStore,
  snapshot: AsyncIterable<Uint8Array>,
  { lists, pulledAt }: { readonly lists: ReadonlyMap<string, KnownList>; readonly pulledAt: number },
  before: SnapshotPointer | undefined,
): Promise<number | undefined> {
  const generation = randomUUID()
  let chunks = 0
  for await (const chunk of snapshot) {
    await state.setState(chunkKey(generation, chunks), chunk)
    chunks += 1
  }
  const previous = before && { generation: before.generation, chunks: before.chunks }
  const pointer = toJsonState({ generation, chunks, lists: Object.fromEntries(lists), pulledAt, previous })
  const version = await state.setState(POINTER, pointer, { ifVersion: before?.version ?? 0 })
  const obsolete = version === undefined ? { generation, chunks } : before?.previous
  if (obsolete !== undefined) await deleteChunks(state, obsolete)
  return version
}

/** Forgets a snapshot that cannot be read. */
export async function dropSnapshot(state: StateStore, pointer: SnapshotPointer): Promise<void> {
  const dropped = await state.setState(POINTER, undefined, { ifVersion: pointer.version })
  if (dropped === undefined) return
  await deleteChunks(state, pointer)
  if (pointer.previous !== undefined) await deleteChunks(state, pointer.previous)
}

async function deleteChunks(
  state: StateStore,
  { generation, chunks }: { generation: string; chunks: number },
): Promise<void> {
  for (let index = 0; index < chunks; index += 1) await state.setState(chunkKey(generation, index), undefined)
}
