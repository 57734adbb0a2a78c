import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { parseJson } from '@cscapi/signals'
import { message, Refusal } from './answers.js'

const unzip = promisify(gunzip)

/** Without authentication; as the engine has it. */
export const SMALL_BODY_BYTES = 2 * 1_048_576
export const LARGE_BODY_BYTES = 50 * 1_048_576

/** A body that is no JSON. */
export class UnreadableBody extends Refusal {
  readonly reason: string

  constructor(reason: string) {
    super(message(400, reason))
    this.reason = reason
  }
}

const tooLarge = () => new Refusal(message(400, 'http: request body too large'))

/**
 * Reads a body of JSON, compressed or not.
 * @throws Refusal for one that is larger; UnreadableBody for no JSON
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const bytes = await readBytes(request, maxBytes)
  const value = parseJson(new TextDecoder().decode(bytes))
  if (value === undefined) throw new UnreadableBody(bytes.length === 0 ? 'EOF' : 'invalid JSON body')
  return value
}

async function readBytes(request: Request, maxBytes: number): Promise<Uint8Array> {
  const raw = await readRaw(request, maxBytes)
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? ''
  if (encoding === '' || encoding === 'identity') return raw
  if (encoding !== 'gzip') throw new Refusal(message(400, 'unsupported content encoding'))
  try {
    return await unzip(raw, { maxOutputLength: maxBytes })
  } catch (error) {
    const isLong = Reflect.get(Object(error), 'code') === 'ERR_BUFFER_TOO_LARGE'
    throw isLong ? tooLarge() : new Refusal(message(400, 'gzip: invalid header'))
  }
}

async function readRaw(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge()
  const parts: Uint8Array[] = []
  let length = 0
  if (request.body === null) return new Uint8Array()
  for await (const part of request.body) {
    length += part.length
    if (length > maxBytes) throw tooLarge()
    parts.push(part)
  }
  return Buffer.concat(parts)
}
