import { createHash } from 'node:crypto'
import { CscapiError, type Family } from '@cscapi/signals'
import type * as z from 'zod'
import type { Contents } from '../lookup/contents.js'
import { AllowedNetworks, type Allowlist } from '../sources/allowlists.js'
import { withoutDeadReasons } from '../sources/dead-reasons.js'
import { type ScopedValues, setScopedLater } from '../sources/scoped-values.js'
import type { Source } from '../sources/source.js'
import { NetworkTable } from '../tables/network-table.js'
import type { Pace } from '../turns/pace.js'
import {
  aligned,
  corrupt,
  HASH_BYTES,
  HEAD_BYTES,
  type Header,
  headerSchema,
  headerSchemaV1,
  MAGIC,
  scopedLineSchema,
  type TableHeader,
  VERSION,
} from './snapshot-layout.js'

/** Bytes that are hashed in one go. */
const HASHED = 1_048_576

/** @throws CscapiError `snapshot_corrupt`, `snapshot_newer` */
export async function readSnapshot(bytes: Uint8Array, pace: Pace): Promise<Contents> {
  const body = await checkedBody(bytes, pace)
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength)
  if (view.getUint32(0, true) !== MAGIC) throw corrupt('it is something else')
  const version = view.getUint32(4, true)
  if (version > VERSION) {
    throw new CscapiError(
      'snapshot_newer',
      `The snapshot has version ${version}, and this version of cscapi knows up to ${VERSION}`,
    )
  }
  const end = HEAD_BYTES + view.getUint32(8, true)
  const json = parseJson(body.subarray(HEAD_BYTES, end))
  const { header, texts, at } = version === 1 ? readTextsV1(json, end) : await readTexts(json, body, end, pace)
  const tables = new TableReader(body, at, pace)
  const sources: Source[] = []
  for (const [index, { origin, remediation, expiresAt, v4, v6 }] of header.sources.entries()) {
    const { reasons, scoped } = texts[index] ?? { reasons: [], scoped: new Map() }
    const read = { v4: await tables.next(4, v4, reasons.length), v6: await tables.next(6, v6, reasons.length) }
    const source = { origin, remediation, expiresAt, reasons, scoped, ...read }
    sources.push(expiresAt === undefined ? await pace.finish(withoutDeadReasons(source)) : source)
  }
  const allowlists: Allowlist[] = []
  for (const { id, name, v4, v6 } of header.allowlists) {
    const allowed = async (family: 4 | 6, table: TableHeader) =>
      pace.finish(AllowedNetworks.of(await tables.next(family, table, 1)))
    allowlists.push({ id, name, v4: await allowed(4, v4), v6: await allowed(6, v6) })
  }
  return { sources, allowlists }
}

async function checkedBody(bytes: Uint8Array, pace: Pace): Promise<Uint8Array> {
  if (bytes.length < HEAD_BYTES + HASH_BYTES) throw corrupt('it is too short')
  const body = bytes.subarray(0, -HASH_BYTES)
  const hash = createHash('sha256')
  for (let at = 0; at < body.length; at += HASHED) {
    const piece = body.subarray(at, at + HASHED)
    hash.update(piece)
    const turn = pace.step(piece.length >>> 10)
    if (turn !== undefined) await turn
  }
  if (!hash.digest().equals(bytes.subarray(-HASH_BYTES))) throw corrupt('its checksum is wrong')
  return body
}

type Texts = Pick<Source, 'reasons'> & { readonly scoped: ScopedValues }

/** The texts of each source, and where the tables begin. */
interface Read {
  readonly header: Pick<Header, 'allowlists'> & {
    readonly sources: readonly Omit<Header['sources'][number], 'reasons' | 'scoped'>[]
  }
  readonly texts: readonly Texts[]
  readonly at: number
}

async function readTexts(json: unknown, body: Uint8Array, start: number, pace: Pace): Promise<Read> {
  const header = parsed(headerSchema, json)
  const decoder = new TextDecoder()
  let at = start
  const line = async (): Promise<unknown> => {
    const end = body.indexOf(0x0a, at)
    if (end === -1) throw corrupt('it ends too early')
    const text = parseJson(body.subarray(at, end), decoder)
    const turn = pace.step(1 + ((end - at) >>> 5))
    if (turn !== undefined) await turn
    at = end + 1
    return text
  }
  const texts: Texts[] = []
  for (const { reasons: reasonCount, scoped: scopedCount } of header.sources) {
    const reasons: string[] = []
    const scoped: ScopedValues = new Map()
    for (let count = 0; count < reasonCount; count += 1) {
      const reason = await line()
      if (typeof reason !== 'string') throw corrupt('a reason is no text')
      reasons.push(reason)
    }
    for (let count = 0; count < scopedCount; count += 1) {
      const [scope, value, reason, expiresAt] = parsed(scopedLineSchema, await line())
      setScopedLater(scoped, { scope, value, reason, expiresAt })
    }
    texts.push({ reasons, scoped })
  }
  return { header, texts, at }
}

function readTextsV1(json: unknown, at: number): Read {
  const header = parsed(headerSchemaV1, json)
  const texts = header.sources.map(({ reasons, scoped: values }): Texts => {
    const scoped: ScopedValues = new Map()
    for (const value of values) setScopedLater(scoped, value)
    return { reasons, scoped }
  })
  return { header, texts, at }
}

/** Rows of a table that are copied in one go. */
const ROWS = 1_024

/** Reads one table after the other. */
class TableReader {
  readonly #body: Uint8Array
  readonly #pace: Pace
  #at: number

  constructor(body: Uint8Array, at: number, pace: Pace) {
    this.#body = body
    this.#at = at
    this.#pace = pace
  }

  async next(family: Family, { size, timed }: TableHeader, tagCount: number): Promise<NetworkTable> {
    const width = family === 4 ? 1 : 4
    const starts = [4 * width, 1, timed ? 8 : 0, timed ? 4 : 0].map((bytes) => this.#skip(bytes * size))
    const [keysAt = 0, prefixesAt = 0, expiresAt = 0, tagsAt = 0] = starts
    const table = new NetworkTable(family, timed, Math.max(size, 1))
    for (let first = 0; first < size; first += ROWS) {
      const rows = Math.min(ROWS, size - first)
      const copy = (at: number, bytes: number) => this.#copy(at + first * bytes, rows * bytes)
      const keys = new Uint32Array(copy(keysAt, 4 * width))
      const prefixes = new Uint8Array(copy(prefixesAt, 1))
      const expires = timed ? new Float64Array(copy(expiresAt, 8)) : undefined
      const tags = timed ? new Uint32Array(copy(tagsAt, 4)) : undefined
      for (let row = 0; row < rows; row += 1) {
        const [prefix = 0, expiry = 0, tag = 0] = [prefixes[row], expires?.[row], tags?.[row]]
        if (prefix > 32 * width) throw corrupt('a prefix is too long')
        if (Number.isNaN(expiry)) throw corrupt('an expiry is no time')
        if (timed && tag >= tagCount) throw corrupt('an entry has no reason')
        table.set({ words: keys.subarray(row * width, (row + 1) * width), prefix }, expiry, tag)
      }
      const turn = this.#pace.step(rows)
      if (turn !== undefined) await turn
    }
    return table
  }

  /** Where a column begins that has so many bytes. */
  #skip(bytes: number): number {
    const start = aligned(this.#at)
    if (start + bytes > this.#body.length) throw corrupt('it ends too early')
    this.#at = start + bytes
    return start
  }

  #copy(at: number, bytes: number): ArrayBuffer {
    const copy = new Uint8Array(bytes)
    copy.set(this.#body.subarray(at, at + bytes))
    return copy.buffer
  }
}

function parsed<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const result = schema.safeParse(value)
  if (!result.success) throw corrupt('its header cannot be read')
  return result.data
}

function parseJson(bytes: Uint8Array, decoder = new TextDecoder()): unknown {
  try {
    return JSON.parse(decoder.decode(bytes))
  } catch {
    return undefined
  }
}
