import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import ky, { type KyInstance } from 'ky'
import { isCscapiError } from '../errors.js'
import { type CallSite, parseJson, protocolError, responseError, transportError } from './answer-errors.js'
import { readText } from './body.js'
import { retryAfterMs } from './retry-after.js'

/** The calls that cscapi makes. */
export type EndpointName = 'register' | 'login' | 'signals' | 'decisions' | 'enroll' | 'metrics'

/** What every call takes. */
export interface CallOptions {
  /** Cancels the call, which rejects with an `AbortedError`. */
  readonly signal?: AbortSignal | undefined
  /** The machine that the call is for: its errors name it. */
  readonly machineId?: string | undefined
}

/** One request, told about after it ended; holds no secret. */
export interface CapiRequestEvent {
  readonly endpoint: EndpointName
  readonly method: 'GET' | 'POST'
  /** Below the base URL, e.g. `/watchers/login`. */
  readonly path: string
  /** `undefined` when there was no answer. */
  readonly status: number | undefined
  /** Milliseconds. */
  readonly durationMs: number
}

export interface HttpOptions {
  readonly baseUrl: string
  readonly userAgent: string
  readonly timeoutMs: number
  readonly gzip: boolean
  readonly fetch: typeof fetch | undefined
  readonly onRequest: ((event: CapiRequestEvent) => void) | undefined
  /** Epoch milliseconds. */
  readonly now: () => number
}

export interface HttpRequest extends CallOptions {
  readonly endpoint: EndpointName
  readonly method: 'GET' | 'POST'
  /** Below the base URL, e.g. `/watchers/login`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** JSON text. */
  readonly body?: string
  readonly token?: string
  /** Beside the token: what no error may show. */
  readonly secrets?: readonly string[]
}

/** A 2xx answer whose body is still to be read. */
export interface OpenAnswer {
  readonly response: Response
  /** Epoch milliseconds. */
  readonly receivedAt: number
  /** Fires when the call is given up or its time is over: whoever reads at length has to look. */
  readonly signal: AbortSignal
  /** The error to throw when the body is not what the call needs. */
  unusable(what: string): Error
}

/** A 2xx answer. */
export interface HttpAnswer extends Pick<OpenAnswer, 'unusable'> {
  readonly status: number
  /** The parsed body, `undefined` where it is not JSON. */
  readonly json: unknown
}

/**
 * Bodies over this are worth compressing, as the Go engine does it (docs/capi-protocol.md,
 * Headers).
 */
const GZIP_ABOVE_BYTES = 5_120
const MAX_BYTES = 1_048_576
/**
 * Characters of an answer that is parsed at once: longer ones are none that CAPI gives, and may
 * take long.
 */
const MOST_PARSED = 65_536

const compress = promisify(gzip)

/**
 * The one place that speaks HTTP. Retries are the callers', redirects are never followed, and every
 * failure becomes a fresh error.
 */
export class Http {
  readonly #options: HttpOptions
  readonly #ky: KyInstance

  constructor(options: HttpOptions) {
    this.#options = options
    this.#ky = ky.create({
      retry: 0,
      timeout: false,
      throwHttpErrors: false,
      redirect: 'manual',
      headers: { accept: 'application/json', 'user-agent': options.userAgent },
    })
  }

  /**
   * @throws CapiResponseError and its kin, CapiNetworkError, CapiTimeoutError, CapiProtocolError,
   * AbortedError
   */
  call(request: HttpRequest): Promise<HttpAnswer> {
    return this.read(request, async ({ response, unusable }) => {
      const text = await readText(response, MAX_BYTES)
      return { status: response.status, json: text.length > MOST_PARSED ? undefined : parseJson(text), unusable }
    })
  }

  /** The same for a body that `take` reads as it comes. */
  async read<T>(request: HttpRequest, take: (answer: OpenAnswer) => Promise<T>): Promise<T> {
    const { baseUrl, timeoutMs, onRequest } = this.#options
    const { endpoint, method, path, token, secrets = [], signal, machineId } = request
    const site: CallSite = {
      endpoint,
      label: `${method} ${path}`,
      host: new URL(baseUrl).host,
      baseUrl,
      timeoutMs,
      secrets: token === undefined ? secrets : [...secrets, token],
      signal,
      machineId,
    }
    const startedAt = performance.now()
    const deadline = startDeadline(timeoutMs, signal)
    let status: number | undefined
    let refusal: { status: number; retryAfterMs: number | undefined } | undefined
    const exchange = async (): Promise<T> => {
      const response = await this.#fetch(request, deadline.signal)
      status = response.status
      site.headers = response.headers
      const receivedAt = this.#options.now()
      if (!response.ok) {
        refusal = { status, retryAfterMs: retryAfterMs(response.headers, receivedAt) }
        const text = await readText(response, MAX_BYTES)
        throw responseError(site, { ...refusal, text: text.length > MOST_PARSED ? '' : text })
      }
      if (/^text\/html/i.test(response.headers.get('content-type') ?? '')) {
        void response.body?.cancel().catch(() => undefined)
        throw protocolError(site, 'was answered with a page of HTML: check the base URL, and proxies in between')
      }
      const unusable = (what: string) => protocolError(site, what)
      return take({ response, receivedAt, signal: deadline.signal, unusable })
    }
    try {
      return await Promise.race([exchange(), deadline.passed])
    } catch (error) {
      if (isCscapiError(error)) throw error
      // What the status says holds, whatever becomes of the body: a ban is one also when its page
      // never ends.
      throw refusal === undefined || signal?.aborted
        ? transportError(site, error)
        : responseError(site, { ...refusal, text: '' })
    } finally {
      deadline.end()
      onRequest?.({ endpoint, method, path, status, durationMs: performance.now() - startedAt })
    }
  }

  async #fetch({ method, path, query, body, token }: HttpRequest, signal: AbortSignal): Promise<Response> {
    const { baseUrl } = this.#options
    const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
    if (body !== undefined) headers['content-type'] = 'application/json'
    let payload: string | Uint8Array<ArrayBuffer> | undefined = body
    if (this.#options.gzip && body !== undefined && Buffer.byteLength(body) > GZIP_ABOVE_BYTES) {
      payload = new Uint8Array(await compress(body))
      headers['content-encoding'] = 'gzip'
    }
    // ky posts a copy of its Request, whose body would be streamed in chunks; given as it is, it
    // goes out whole, with its Content-Length.
    const send: typeof fetch = (input) => {
      const { url, headers: all } = input instanceof Request ? input : new Request(input)
      const init: RequestInit = { method, headers: all, signal, redirect: 'manual' }
      return (this.#options.fetch ?? fetch)(url, payload === undefined ? init : { ...init, body: payload })
    }
    return this.#ky(`${baseUrl}${path}`, {
      method,
      headers,
      fetch: send,
      ...(query !== undefined && { searchParams: { ...query } }),
    })
  }
}

/**
 * Neither `AbortSignal.timeout` with `AbortSignal.any`, nor the fetch's own rejection alone: Node
 * 20 holds on to a signal that follows another only weakly, and what was collected never fires.
 */
function startDeadline(
  timeoutMs: number,
  signal: AbortSignal | undefined,
): { signal: AbortSignal; passed: Promise<never>; end(): void } {
  const controller = new AbortController()
  const { promise: passed, reject } = withReject()
  const stop = (reason: unknown) => {
    controller.abort(reason)
    reject(reason)
  }
  const abort = () => stop(signal?.reason)
  const timer = setTimeout(() => stop(new DOMException('no answer in time', 'TimeoutError')), timeoutMs)
  if (signal?.aborted) abort()
  signal?.addEventListener('abort', abort, { once: true })
  return {
    signal: controller.signal,
    passed,
    end() {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    },
  }
}

function withReject(): { promise: Promise<never>; reject: (reason: unknown) => void } {
  let reject: (reason: unknown) => void = () => {}
  const promise = new Promise<never>((_, rejectIt) => {
    reject = rejectIt
  })
  return { promise, reject }
}
