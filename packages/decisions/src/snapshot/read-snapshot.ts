import { createHash } from 'node:crypto'
import { CscapiError, parseJson } from '@cscapi/signals'
import { AllowedNetworks, type Allowlist } from '../contents/allowlists.js'
import type { Contents } from '../contents/contents.js'
import type { Source } from '../contents/source.js'
import type { Pace } from '../pacing/pace.js'
import { withoutDeadReasons } from '../stream/dead-reasons.js'
import { TableReader } from './read-tables.js'
import { readTexts, readTextsV1 } from './read-texts.js'
import { corrupt, HASH_BYTES, HEAD_BYTES, MAGIC, type TableHeader, VERSION } from './snapshot-layout.js'

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
  const json = parseJson(new TextDecoder().decode(body.subarray(HEAD_BYTES, end)))
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
