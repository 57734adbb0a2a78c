import { createHash } from 'node:crypto'
import type { Contents } from '../contents/contents.js'
import type { Source } from '../contents/source.js'
import { Beat } from '../pacing/pace.js'
import type { NetworkTable } from '../tables/network-table.js'
import { aligned, HEAD_BYTES, type Header, MAGIC, VERSION } from './snapshot-layout.js'

/** Bytes of a chunk, the last one excepted. */
const CHUNK_BYTES = 1_048_576

/** A snapshot in chunks; pauses in between. */
export function* writeSnapshot(contents: Contents): Generator<Uint8Array | undefined, void> {
  const hash = createHash('sha256')
  let chunk = new Uint8Array(CHUNK_BYTES)
  let held = 0
  for (const part of parts(contents)) {
    if (part === undefined) yield undefined
    for (let at = 0; part !== undefined && at < part.length; ) {
      const taken = part.subarray(at, at + CHUNK_BYTES - held)
      chunk.set(taken, held)
      at += taken.length
      held += taken.length
      if (held < CHUNK_BYTES) continue
      hash.update(chunk)
      yield chunk
      yield undefined
      chunk = new Uint8Array(CHUNK_BYTES)
      held = 0
    }
  }
  const last = chunk.subarray(0, held)
  yield Buffer.concat([last, hash.update(last).digest()])
}

function* parts(contents: Contents): Generator<Uint8Array | undefined> {
  const { sources, allowlists } = contents
  const json = new TextEncoder().encode(JSON.stringify(headerOf(contents)))
  const head = new DataView(new ArrayBuffer(HEAD_BYTES))
  head.setUint32(0, MAGIC, true)
  head.setUint32(4, VERSION, true)
  head.setUint32(8, json.length, true)
  yield new Uint8Array(head.buffer)
  yield json
  let length = HEAD_BYTES + json.length
  for (const source of sources) {
    for (const text of linesOf(source)) {
      if (text !== undefined) length += text.length
      yield text
    }
  }
  const tables = [...sources, ...allowlists.map(({ v4, v6 }) => ({ v4: v4.table, v6: v6.table }))]
  for (const table of tables.flatMap(({ v4, v6 }) => [v4, v6])) {
    const { keys, prefixes, expires, tags } = table.columns()
    for (const { buffer, byteOffset, byteLength } of [keys, prefixes, expires, tags]) {
      yield new Uint8Array(aligned(length) - length)
      yield new Uint8Array(buffer, byteOffset, byteLength)
      length = aligned(length) + byteLength
    }
  }
}

function headerOf({ sources, allowlists }: Contents): Header {
  const tables = (of: { v4: NetworkTable; v6: NetworkTable }, timed: boolean) => ({
    v4: { size: of.v4.size, timed },
    v6: { size: of.v6.size, timed },
  })
  return {
    sources: sources.map((source) => ({
      origin: source.origin,
      remediation: source.remediation,
      ...(source.expiresAt !== undefined && { expiresAt: source.expiresAt }),
      reasons: source.reasons.length,
      scoped: source.scoped.size,
      ...tables(source, source.expiresAt === undefined),
    })),
    allowlists: allowlists.map(({ id, name, v4, v6 }) => ({
      id,
      name,
      ...tables({ v4: v4.table, v6: v6.table }, true),
    })),
  }
}

function* linesOf({ reasons, scoped }: Source): Generator<Uint8Array | undefined> {
  const beat = new Beat()
  let text = ''
  const lines = function* () {
    for (const reason of reasons) yield JSON.stringify(reason)
    for (const { scope, value, reason, expiresAt } of scoped.values())
      yield JSON.stringify([scope, value, reason, expiresAt])
  }
  for (const line of lines()) {
    text += `${line}\n`
    if (!beat.isDue(1 + (line.length >>> 5))) continue
    yield new TextEncoder().encode(text)
    yield undefined
    text = ''
  }
  yield new TextEncoder().encode(text)
}
