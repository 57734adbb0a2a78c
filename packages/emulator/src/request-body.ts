import { gunzipSync } from 'node:zlib'
import { type Answer, invalidBody, TOO_LONG } from './answer.js'

export interface RequestBody {
  /** The decoded JSON; text that is no JSON as a string; `undefined` without a body. */
  readonly value: unknown
  readonly wireBytes: number
  readonly bodyBytes: number
  /** The answer that a body deserves which is too long or cannot be read. */
  readonly refusal: Answer | undefined
}

const NOTHING: RequestBody = { value: undefined, wireBytes: 0, bodyBytes: 0, refusal: undefined }
const UNREADABLE = invalidBody([{ pointer: '', rule: 'Unknown error parsing request body' }])

/** Reads, unpacks and parses a body once. `maxBytes` holds before and after gzip is undone. */
export async function readBody(request: Request, encoding: string | undefined, maxBytes: number): Promise<RequestBody> {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return NOTHING
  if (encoding !== 'gzip') {
    const text = await request.text()
    const bytes = Buffer.byteLength(text)
    return parse(text, bytes, bytes, maxBytes)
  }
  const packed = Buffer.from(await request.arrayBuffer())
  const wireBytes = packed.byteLength
  if (wireBytes > maxBytes) return { ...NOTHING, wireBytes, refusal: TOO_LONG }
  try {
    const bytes = gunzipSync(packed, { maxOutputLength: maxBytes })
    return parse(bytes.toString(), wireBytes, bytes.byteLength, maxBytes)
  } catch (error) {
    const tooLong = error instanceof RangeError
    return { ...NOTHING, wireBytes, refusal: tooLong ? TOO_LONG : UNREADABLE }
  }
}

function parse(text: string, wireBytes: number, bodyBytes: number, maxBytes: number): RequestBody {
  if (bodyBytes > maxBytes) return { value: undefined, wireBytes, bodyBytes, refusal: TOO_LONG }
  try {
    return { value: JSON.parse(text), wireBytes, bodyBytes, refusal: undefined }
  } catch {
    return { value: text === '' ? undefined : text, wireBytes, bodyBytes, refusal: UNREADABLE }
  }
}
