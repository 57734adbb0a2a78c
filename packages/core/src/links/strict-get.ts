import { pipeline, type Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { request } from 'undici'

const DECODERS: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
])
const WITHOUT_BODY = new Set([204, 205, 304])

/** What is sent; no body. */
interface GetOptions extends Omit<NonNullable<Parameters<typeof request>[1]>, 'headers'> {
  readonly headers: Record<string, string>
}

/**
 * A GET whose compressed body has to be whole. The platform's `fetch` forgives one that is cut off,
 * as browsers do, and half a list, whose last line may be half an address, would pass for all of
 * it. Redirects are not followed.
 */
export async function strictGet(send: typeof request, url: string, options: GetOptions): Promise<Response> {
  const answer = await send(url, { ...options, headers: { 'accept-encoding': 'gzip', ...options.headers } })
  const headers = new Headers()
  for (const [name, values] of Object.entries(answer.headers))
    for (const value of [values ?? []].flat()) headers.append(name, value)
  // Whoever reads the body is told of what goes wrong; once nobody reads it, nobody is, and that
  // must not end the process.
  const stream = answer.body
  stream.on('error', () => undefined)
  const status = answer.statusCode
  if (WITHOUT_BODY.has(status)) {
    await stream.dump()
    return new Response(null, { status, headers })
  }
  const decoders = decodersOf(headers.get('content-encoding'))
  if (decoders === undefined) {
    stream.destroy()
    throw Object.assign(new Error('The body has an encoding that is not known'), { code: UNKNOWN_ENCODING })
  }
  headers.delete('content-encoding')
  return new Response(webStream(stream, decoders), { status, headers })
}

/** The code of the error for a body that cannot be decoded. */
export const UNKNOWN_ENCODING = 'UNKNOWN_ENCODING'

function decodersOf(encoding: string | null): Transform[] | undefined {
  const names = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity')
  const makers = names.toReversed().flatMap((name) => DECODERS.get(name) ?? [])
  return makers.length < names.length || names.length > 2 ? undefined : makers.map((make) => make())
}

function webStream(body: Readable, decoders: readonly Transform[]): ReadableStream<Uint8Array> {
  const [last = body] = decoders.slice(-1)
  for (const decoder of decoders) decoder.on('error', () => undefined)
  // What goes wrong on the way ends the last stream with the same error.
  if (decoders.length > 0) pipeline([body, ...decoders], () => undefined)
  const chunks = last[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await chunks.next()
        if (done === true) controller.close()
        else controller.enqueue(value)
      },
      async cancel() {
        last.destroy()
        body.destroy()
      },
    },
    { highWaterMark: 0 },
  )
}
