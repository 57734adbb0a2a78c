import type { KyInstance } from 'ky'
import type { Answer } from './answer.js'
import { compressBody } from './compress-body.js'
import type { Transport } from './transport.js'

/** One request, before it is one of HTTP. */
export interface CapiRequest {
  readonly method: 'GET' | 'POST'
  /** Below the base URL, e.g. `/watchers/login`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** What is sent as JSON. */
  readonly json?: unknown
  /** JSON text that is ready, in place of `json`. */
  readonly body?: string
  readonly token?: string
}

export interface SendOptions {
  readonly baseUrl: string
  readonly userAgent: string
  readonly gzip: boolean
  readonly transport: Transport
}

/** Sends a request once, and gives whatever is answered. */
export type Send = (request: CapiRequest, signal: AbortSignal) => Promise<Answer>

/**
 * Makes the way of requests to CAPI. ky puts a request together: URL, search parameters, headers,
 * JSON. It does so for the calls that are rare, a pull and an enrolment. What goes out for each
 * machine has its body ready and is posted without ky, which makes and copies a Request for each
 * call (`post` of apps/bench has the figures of each way).
 *
 * Nothing else is left to ky. How often to try is for `decide` to say. A deadline covers the
 * answer's body, where ky's timeout ends before it. Its hooks hear of no call that gets no answer,
 * and copy each answer. Statuses are read in one place, for both ways; and ky's errors would hold
 * the request, with password and token.
 */
export function makeSend({ baseUrl, userAgent, gzip, transport }: SendOptions): Send {
  const common = { accept: 'application/json', 'user-agent': userAgent }
  let ky: Promise<KyInstance> | undefined

  async function encoded(body: string, headers: Readonly<Record<string, string>>) {
    const compressed = gzip ? await compressBody(body) : undefined
    if (compressed === undefined) return { body, headers }
    return { body: compressed.bytes, headers: { ...headers, ...compressed.headers } }
  }

  return async ({ method, path, query, json, body, token }, signal) => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
    if (body !== undefined) {
      const headers = { ...common, ...authorization, 'content-type': 'application/json' }
      return transport.post(`${baseUrl}${path}`, { ...(await encoded(body, headers)), signal })
    }
    ky ??= loadKy(baseUrl, common)
    const call = await ky
    return call(path.slice(1), {
      method,
      headers: authorization,
      ...(json !== undefined && { json }),
      ...(query !== undefined && { searchParams: { ...query } }),
      // A URL and options: the `fetch` of a proxy, or of the user's, may not know this Request. The
      // body whole, so that it goes out with its length. The signal goes past ky's, which Node 20
      // loses while an answer is read (see startDeadline).
      async fetch(input) {
        const request = input instanceof Request ? input : new Request(input)
        const headers = Object.fromEntries(request.headers)
        const sent = request.body === null ? { headers } : await encoded(await request.text(), headers)
        return transport.fetch(request.url, { method, ...sent, signal, redirect: 'manual' })
      },
    })
  }
}

/** Loads ky at the first call that needs it: a program that only stores signals makes none. */
async function loadKy(baseUrl: string, headers: Readonly<Record<string, string>>): Promise<KyInstance> {
  const { default: ky } = await import('ky')
  return ky.create({
    prefixUrl: baseUrl,
    headers: { ...headers },
    retry: 0,
    timeout: false,
    throwHttpErrors: false,
    redirect: 'manual',
  })
}
