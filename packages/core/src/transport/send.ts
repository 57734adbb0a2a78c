import type { KyInstance } from 'ky'
import { compressBody } from './compress-body.js'

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
  readonly fetch: typeof fetch
}

/** Sends a request once, and gives whatever is answered. */
export type Send = (request: CapiRequest, signal: AbortSignal) => Promise<Response>

/**
 * Makes the way of requests to CAPI. ky puts a request together: URL, search parameters, headers,
 * JSON. A body that is ready, as signals have it, goes to `fetch` without ky, which makes and
 * copies a Request for each call: a POST of 50 signals takes 1.5 times the CPU of a bare `fetch`
 * through ky, and 1.2 times this way (`post` of apps/bench).
 *
 * Nothing else is left to ky. How often to try is for `decide` to say. A deadline covers the
 * answer's body, where ky's timeout ends before it. Its hooks hear of no call that gets no answer,
 * and copy each answer. Statuses are read in one place, for both ways; and ky's errors would hold
 * the request, with password and token.
 */
export function makeSend({ baseUrl, userAgent, gzip, fetch: send }: SendOptions): Send {
  const common = { accept: 'application/json', 'user-agent': userAgent }
  let ky: Promise<KyInstance> | undefined

  async function transmit(url: string, init: Transmission): Promise<Response> {
    const compressed = gzip && init.body !== undefined ? await compressBody(init.body) : undefined
    return send(url, {
      method: init.method,
      headers: compressed === undefined ? init.headers : { ...init.headers, ...compressed.headers },
      signal: init.signal,
      redirect: 'manual',
      ...(init.body !== undefined && { body: compressed?.bytes ?? init.body }),
    })
  }

  return async ({ method, path, query, json, body, token }, signal) => {
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
    if (body !== undefined) {
      const headers = { ...common, ...authorization, 'content-type': 'application/json' }
      return transmit(`${baseUrl}${path}`, { method, headers, body, signal })
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
        const text = request.body === null ? undefined : await request.text()
        return transmit(request.url, { method, headers: Object.fromEntries(request.headers), body: text, signal })
      },
    })
  }
}

interface Transmission {
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly signal: AbortSignal
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
