import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { parseJson } from '@cscapi/signals'
import type { Connection } from '../connections/connection.js'
import { type Answer, invalidBody, TOO_LONG } from './answer.js'

export interface RequestBody {
  /** The decoded JSON; text that is no JSON as a string; `undefined` without a body. */
  readonly value: unknown
  /** What was read of it. */
  readonly wireBytes: number
  readonly bodyBytes: number
  /** The answer that a body deserves which is too long or cannot be read. */
  readonly refusal: Answer | undefined
}

const NOTHING: RequestBody = { value: undefined, wireBytes: 0, bodyBytes: 0, refusal: undefined }
const UNREADABLE = invalidBody([{ pointer: '', rule: 'Unknown error parsing request body' }])
const unpack = promisify(gunzip)

/**
 * Reads, unpacks and parses a body once. `maxBytes` holds before and after gzip is undone, and for
 * what is announced: what is too long is never read to its end.
 */
export async function readBody(method: string, connection: Connection, maxBytes: number): Promise<RequestBody> {
  const { headers } = connection
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return NOTHING
  if (Number(headers['content-length']) > maxBytes) return { ...NOTHING, refusal: TOO_LONG }
  const chunks: Uint8Array[] = []
  let wireBytes = 0
  for await (const chunk of connection.body()) {
    wireBytes += chunk.byteLength
    if (wireBytes > maxBytes) return { ...NOTHING, wireBytes, refusal: TOO_LONG }
    chunks.push(chunk)
  }
  const received = Buffer.concat(chunks)
  if (headers['content-encoding']?.toLowerCase() !== 'gzip') return parse(received, wireBytes)
  try {
    return parse(await unpack(received, { maxOutputLength: maxBytes }), wireBytes)
  } catch (error) {
    return { ...NOTHING, wireBytes, refusal: error instanceof RangeError ? TOO_LONG : UNREADABLE }
  }
}

function parse(bytes: Buffer, wireBytes: number): RequestBody {
  const text = bytes.toString()
  const bodyBytes = bytes.byteLength
  const value = parseJson(text)
  if (value !== undefined) return { value, wireBytes, bodyBytes, refusal: undefined }
  return { value: text === '' ? undefined : text, wireBytes, bodyBytes, refusal: UNREADABLE }
}
