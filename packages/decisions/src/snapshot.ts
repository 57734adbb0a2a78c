import { createHash } from 'node:crypto'
import { CscapiError } from '@cscapi/signals'
import { z } from 'zod'
import type { Allowlist } from './allowlists.js'
import type { Contents } from './lookup.js'
import { NetworkTable } from './network-table.js'
import type { Pace } from './pace.js'
import type { Family } from './parse-ip.js'
import { type Source, setScoped } from './source.js'

/**
 * A snapshot: `CSDS`, a version, the length of a JSON header (both 32 bits, little endian), the header, the tables' arrays one after the other,
 * each from a multiple of 8 bytes on, and the SHA-256 of all before.
 */
const MAGIC = 0x53445343
const VERSION = 1
const HEAD_BYTES = 12
const HASH_BYTES = 32

const tableSchema = z.object({ size: z.int().min(0), timed: z.boolean() })
const headerSchema = z.object({
  sources: z.array(
    z.object({
      origin: z.string(),
      remediation: z.string(),
      expiresAt: z.number().optional(),
      reasons: z.array(z.string()),
      v4: tableSchema,
      v6: tableSchema,
      scoped: z.array(z.object({ scope: z.string(), value: z.string(), reason: z.string(), expiresAt: z.number() })),
    }),
  ),
  allowlists: z.array(z.object({ id: z.string(), name: z.string(), v4: tableSchema, v6: tableSchema })),
})

export function writeSnapshot({ sources, allowlists }: Contents): Uint8Array {
  const tables: NetworkTable[] = []
  const note = (table: NetworkTable, timed: boolean) => {
    tables.push(table)
    return { size: table.size, timed }
  }
  const header: z.infer<typeof headerSchema> = {
    sources: sources.map((source) => ({
      origin: source.origin,
      remediation: source.remediation,
      ...(source.expiresAt !== undefined && { expiresAt: source.expiresAt }),
      reasons: [...source.reasons],
      v4: note(source.v4, source.expiresAt === undefined),
      v6: note(source.v6, source.expiresAt === undefined),
      scoped: [...source.scoped.values()].flatMap((values) => [...values.values()]),
    })),
    allowlists: allowlists.map(({ id, name, v4, v6 }) => ({ id, name, v4: note(v4, true), v6: note(v6, true) })),
  }
  const json = new TextEncoder().encode(JSON.stringify(header))
  const head = new Uint8Array(HEAD_BYTES)
  const view = new DataView(head.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint32(4, VERSION, true)
  view.setUint32(8, json.length, true)
  const parts: Uint8Array[] = [head, json]
  let length = head.length + json.length
  const push = (bytes: Uint8Array) => {
    const padding = (8 - (length % 8)) % 8
    parts.push(new Uint8Array(padding), bytes)
    length += padding + bytes.length
  }
  for (const table of tables) {
    const { keys, prefixes, expires, tags } = table.toArrays()
    for (const array of [keys, prefixes, expires, tags])
      push(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
  }
  const body = Buffer.concat(parts)
  return new Uint8Array(Buffer.concat([body, createHash('sha256').update(body).digest()]))
}

/** @throws CscapiError `snapshot_corrupt`, `snapshot_newer` */
export async function readSnapshot(bytes: Uint8Array, pace: Pace): Promise<Contents> {
  if (bytes.length < HEAD_BYTES + HASH_BYTES) throw corrupt('it is too short')
  const body = bytes.subarray(0, -HASH_BYTES)
  const hash = createHash('sha256').update(body).digest()
  if (!hash.equals(bytes.subarray(-HASH_BYTES))) throw corrupt('its checksum is wrong')
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  if (view.getUint32(0, true) !== MAGIC) throw corrupt('it is something else')
  const version = view.getUint32(4, true)
  if (version > VERSION) {
    throw new CscapiError(
      'snapshot_newer',
      `The snapshot has version ${version}, and this version of cscapi knows up to ${VERSION}`,
    )
  }
  const jsonLength = view.getUint32(8, true)
  const header = headerSchema.safeParse(parseJson(body.subarray(HEAD_BYTES, HEAD_BYTES + jsonLength)))
  if (!header.success) throw corrupt('its header cannot be read')
  const read = tableReader(body, HEAD_BYTES + jsonLength, pace)
  const sources: Source[] = []
  for (const { scoped, v4, v6, expiresAt, ...rest } of header.data.sources) {
    const values: Source['scoped'] = new Map()
    for (const value of scoped) setScoped(values, value)
    sources.push({ ...rest, expiresAt, v4: await read(4, v4), v6: await read(6, v6), scoped: values })
  }
  const allowlists: Allowlist[] = []
  for (const { id, name, v4, v6 } of header.data.allowlists) {
    allowlists.push({ id, name, v4: await read(4, v4), v6: await read(6, v6) })
  }
  return { sources, allowlists }
}

function tableReader(body: Uint8Array, start: number, pace: Pace) {
  let at = start
  const take = (count: number, size: number): ArrayBuffer => {
    at += (8 - (at % 8)) % 8
    if (at + count * size > body.length) throw corrupt('it ends too early')
    const bytes = new Uint8Array(count * size)
    bytes.set(body.subarray(at, at + count * size))
    at += count * size
    return bytes.buffer
  }
  return async (family: Exclude<Family, 0>, { size, timed }: z.infer<typeof tableSchema>): Promise<NetworkTable> => {
    const width = family === 4 ? 1 : 4
    const keys = new Uint32Array(take(size * width, 4))
    const prefixes = new Uint8Array(take(size, 1))
    const expires = new Float64Array(take(timed ? size : 0, 8))
    const tags = new Uint32Array(take(timed ? size : 0, 4))
    const table = new NetworkTable(family, timed, Math.max(size, 1))
    for (let index = 0; index < size; index += 1) {
      const turn = pace.step()
      if (turn !== undefined) await turn
      const prefix = prefixes[index] ?? 0
      if (prefix > (family === 4 ? 32 : 128)) throw corrupt('a prefix is too long')
      table.set(keys.subarray(index * width, (index + 1) * width), prefix, expires[index] ?? 0, tags[index] ?? 0)
    }
    return table
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

function corrupt(why: string): CscapiError {
  return new CscapiError('snapshot_corrupt', `The snapshot of the decisions cannot be read: ${why}; pull again`)
}
