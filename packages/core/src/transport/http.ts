import { isCscapiError, parseJson } from '@cscapi/signals'
import { answerError } from '../capi/answer-errors.js'
import type { EndpointName } from '../capi/endpoints/endpoint-name.js'
import { type Answer, letGo } from './answer.js'
import { type CallSite, protocolError } from './call-site.js'
import { startDeadline } from './deadline.js'
import { noAnswerError } from './no-answer.js'
import { readText } from './read-body.js'
import { retryAfterMs } from './retry-after.js'
import { type CapiRequest, makeSend, type Send, type SendOptions } from './send.js'

/** What every call takes. */
export interface CallOptions {
  /** Cancels the call, which rejects with an `AbortedError`. */
  readonly signal?: AbortSignal | undefined
  /** The machine that the call is for: its errors name it. */
  readonly machineId?: string | undefined
}

/** One request, told about after it ended; holds no secret. */
export interface CapiRequestEvent {
  /** Which call it was. */
  readonly endpoint: EndpointName
  /** The HTTP method. */
  readonly method: 'GET' | 'POST'
  /** Below the base URL, e.g. `/watchers/login`. */
  readonly path: string
  /** `undefined` when there was no answer. */
  readonly status: number | undefined
  /** Milliseconds. */
  readonly durationMs: number
}

export interface HttpOptions extends SendOptions {
  readonly timeoutMs: number
  readonly onRequest: ((event: CapiRequestEvent) => void) | undefined
  /** Epoch milliseconds. */
  readonly now: () => number
}

export interface HttpRequest extends CallOptions, CapiRequest {
  readonly endpoint: EndpointName
  /** Beside the token: what no error may show. */
  readonly secrets?: readonly string[]
}

/** A 2xx answer whose body is still to be read. */
export interface OpenAnswer {
  readonly response: Answer
  /** Epoch milliseconds. */
  readonly receivedAt: number
  /** Fires when the call is given up or its time is over: whoever reads at length has to look. */
  readonly signal: AbortSignal
  /** Makes the error to throw when the body is not what the call needs. */
  unusable(what: string): Error
}

/** A 2xx answer. */
export interface HttpAnswer extends Pick<OpenAnswer, 'unusable'> {
  readonly status: number
  /** The parsed body, `undefined` where it is not JSON. */
  readonly json: unknown
}

const MAX_BYTES = 1_048_576
/**
 * Characters of an answer that is parsed at once: longer ones are none that CAPI gives, and may
 * take long.
 */
const MOST_PARSED = 65_536

/**
 * Calls CAPI, each call once. Retries are the callers', redirects are never followed, and every
 * failure becomes a fresh error.
 */
export class Http {
  readonly #options: HttpOptions
  readonly #host: string
  readonly #send: Send

  constructor(options: HttpOptions) {
    this.#options = options
    this.#host = new URL(options.baseUrl).host
    this.#send = makeSend(options)
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

  /** Does the same for a body that `take` reads as it comes. */
  async read<T>(request: HttpRequest, take: (answer: OpenAnswer) => Promise<T>): Promise<T> {
    const { timeoutMs, onRequest, now } = this.#options
    const { endpoint, method, path, signal } = request
    const site = this.#siteOf(request)
    const startedAt = performance.now()
    const deadline = startDeadline(timeoutMs, signal)
    let status: number | undefined
    let refusal: { status: number; retryAfterMs: number | undefined } | undefined
    const exchange = async (): Promise<T> => {
      const response = await this.#send(request, deadline.signal)
      status = response.status
      site.headers = response.headers
      const receivedAt = now()
      if (!response.ok) {
        refusal = { status, retryAfterMs: retryAfterMs(response.headers, receivedAt) }
        const text = await readText(response, MAX_BYTES)
        throw answerError(site, { ...refusal, text: text.length > MOST_PARSED ? '' : text })
      }
      if (/^text\/html/i.test(response.headers.get('content-type') ?? '')) {
        letGo(response)
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
        ? noAnswerError(site, error)
        : answerError(site, { ...refusal, text: '' })
    } finally {
      deadline.end()
      onRequest?.({ endpoint, method, path, status, durationMs: performance.now() - startedAt })
    }
  }

  #siteOf({ endpoint, method, path, token, secrets = [], signal, machineId }: HttpRequest): CallSite {
    const { baseUrl, timeoutMs } = this.#options
    return {
      endpoint,
      label: `${method} ${path}`,
      host: this.#host,
      baseUrl,
      timeoutMs,
      secrets: token === undefined ? secrets : [...secrets, token],
      signal,
      machineId,
    }
  }
}
