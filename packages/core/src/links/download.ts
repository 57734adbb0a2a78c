import { printable } from '@cscapi/signals'
import { isLoopback } from '../environment.js'
import { AbortedError, CscapiError } from '../errors.js'
import { printableText } from '../secrets/printable-text.js'
import { UNKNOWN_ENCODING } from './link-rules.js'
import { isPublicAddress } from './public-address.js'
import { splitLines } from './split-lines.js'

export interface DownloadOptions {
  /** Of the last download: without a change since, the answer is that nothing changed. */
  readonly etag?: string | undefined
  readonly lastModified?: string | undefined
  /** Bytes at most, after decompression. Default 67,108,864. */
  readonly maxBytes?: number | undefined
  /** Bytes of a line at most. Default 16,384. */
  readonly maxLineBytes?: number | undefined
  /** Lines at most, blank ones included. Default 8,388,608. */
  readonly maxLines?: number | undefined
  /** Milliseconds without a byte. Default 30,000. */
  readonly idleTimeoutMs?: number | undefined
  /**
   * Milliseconds for all of it: a host that sends a byte now and then must not hold up the others'
   * lists. Default 300,000.
   */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** How links are followed. */
export interface LinkTransport {
  readonly fetch: typeof fetch
  readonly userAgent: string
  /**
   * Allow http, and hosts of this machine and of private networks: where CAPI itself is a loopback
   * address.
   */
  readonly allowLocal: boolean
}

/** `lines` is `undefined` when nothing changed (304). */
export interface Download {
  readonly lines: AsyncIterable<string> | undefined
  readonly etag: string | undefined
  readonly lastModified: string | undefined
}

const MAX_BYTES = 67_108_864
const MAX_LINE_BYTES = 16_384
/** A few bytes of gzip may be 64 MiB of line ends, each of which takes its time. */
const MAX_LINES = 8_388_608
const IDLE_MS = 30_000
const TIMEOUT_MS = 300_000
const MOST_REDIRECTS = 5

/**
 * Downloads a list that CAPI links to, line by line (docs/capi-protocol.md, Blocklists). No token
 * goes out. Every redirect is held to the same rules as the link itself.
 *
 * @throws CscapiError `download_refused` for a link that must not be followed, `download_failed`
 * (retryable) for trouble on the way, `download_too_large`; AbortedError. Reading `lines` throws
 * them too.
 */
export async function downloadList(
  transport: LinkTransport,
  link: string,
  options: DownloadOptions = {},
): Promise<Download> {
  const { idleTimeoutMs = IDLE_MS, timeoutMs = TIMEOUT_MS } = options
  const limits = new TimeLimits(idleTimeoutMs, timeoutMs, options.signal)
  try {
    const response = await follow(transport, link, options, limits)
    const { status, headers, body } = response
    const found = { etag: headers.get('etag') ?? undefined, lastModified: headers.get('last-modified') ?? undefined }
    const isConditional = options.etag !== undefined || options.lastModified !== undefined
    if (status === 304 && isConditional) {
      limits.end()
      return { lines: undefined, ...found }
    }
    if (status !== 200 || body === null) {
      await body?.cancel()
      throw failed(link, `was answered ${status}`)
    }
    const lines = readLines(link, body, options, limits)
    const type = headers.get('content-type') ?? ''
    if (PAGE.test(type))
      throw failed(link, `was answered with a page (${printableText(type.slice(0, 40))})${await firstOf(lines)}`)
    return { lines, ...found }
  } catch (error) {
    limits.end()
    throw asDownloadError(link, error, options.signal, limits)
  }
}

/** Its lines may look like anything. */
const PAGE = /^\s*(?:text\/html|application\/xhtml\+xml)\b/i

/** What a page begins with, for whoever has to find out whose it is. */
async function firstOf(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines)
    if (line.trim() !== '') return `, which begins with ${printable(printableText(line.trim().slice(0, 200)))}`
  return ''
}

async function follow(
  { fetch: send, userAgent, allowLocal }: LinkTransport,
  link: string,
  options: DownloadOptions,
  limits: TimeLimits,
): Promise<Response> {
  const headers: Record<string, string> = { 'user-agent': userAgent, accept: '*/*' }
  if (options.etag !== undefined) headers['if-none-match'] = options.etag
  if (options.lastModified !== undefined) headers['if-modified-since'] = options.lastModified
  let url = checkedUrl(link, allowLocal)
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const response = await send(url, { headers, redirect: 'manual', signal: limits.signal })
    const location = response.headers.get('location')
    if (response.status < 300 || response.status >= 400 || response.status === 304 || location === null) return response
    await response.body?.cancel()
    url = checkedUrl(URL.canParse(location, url) ? new URL(location, url).href : location, allowLocal)
  }
  throw refused(link, `redirects more than ${MOST_REDIRECTS} times`)
}

function checkedUrl(link: string, allowLocal: boolean): string {
  const url = URL.canParse(link) ? new URL(link) : undefined
  if (url === undefined) throw refused(link, 'is no absolute URL')
  if (url.username !== '' || url.password !== '') throw refused('[redacted]', 'holds credentials')
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const isLocalHttp = allowLocal && url.protocol === 'http:' && isLoopback(url.hostname)
  if (url.protocol !== 'https:' && !isLocalHttp) throw refused(link, 'is not https')
  const isAddress = /^[\d.]+$/.test(host) || host.includes(':')
  if (!allowLocal && isAddress && !isPublicAddress(host)) throw refused(link, 'leads into a private network')
  return url.href
}

async function* readLines(
  link: string,
  body: ReadableStream<Uint8Array>,
  options: DownloadOptions,
  limits: TimeLimits,
): AsyncGenerator<string, void, undefined> {
  const { maxBytes = MAX_BYTES, maxLineBytes = MAX_LINE_BYTES, maxLines = MAX_LINES, signal } = options
  let bytes = 0
  let count = 0
  async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of body) {
      limits.touch()
      bytes += chunk.length
      if (bytes > maxBytes) throw tooLarge(link, `is larger than ${maxBytes} bytes`)
      yield chunk
    }
  }
  try {
    const tooLong = () => tooLarge(link, `has a line of more than ${maxLineBytes} bytes`)
    for await (const line of splitLines(counted(), maxLineBytes, tooLong)) {
      count += 1
      if (count > maxLines) throw tooLarge(link, `has more than ${maxLines} lines`)
      yield line
    }
  } catch (error) {
    throw asDownloadError(link, error, signal, limits)
  } finally {
    limits.end()
  }
}

/** Ends a download that stands still, that takes too long, or that its caller ends. */
class TimeLimits {
  readonly #controller = new AbortController()
  readonly #idleMs: number
  readonly #caller: AbortSignal | undefined
  readonly #onAbort = () => this.#controller.abort(this.#caller?.reason)
  readonly #whole: NodeJS.Timeout
  #idle: NodeJS.Timeout
  /** What went wrong, once a limit was passed. */
  passed: string | undefined

  constructor(idleMs: number, wholeMs: number, caller: AbortSignal | undefined) {
    this.#idleMs = idleMs
    this.#caller = caller
    this.#idle = this.#startIdle()
    this.#whole = this.#start(wholeMs, `took longer than ${wholeMs} ms`)
    if (caller?.aborted) this.#onAbort()
    caller?.addEventListener('abort', this.#onAbort, { once: true })
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  touch(): void {
    clearTimeout(this.#idle)
    this.#idle = this.#startIdle()
  }

  end(): void {
    clearTimeout(this.#idle)
    clearTimeout(this.#whole)
    this.#caller?.removeEventListener('abort', this.#onAbort)
  }

  #startIdle(): NodeJS.Timeout {
    return this.#start(this.#idleMs, 'stood still')
  }

  #start(ms: number, passed: string): NodeJS.Timeout {
    return setTimeout(() => {
      this.end()
      this.passed = passed
      this.#controller.abort(new Error(passed))
    }, ms)
  }
}

function asDownloadError(link: string, error: unknown, signal: AbortSignal | undefined, limits: TimeLimits): unknown {
  if (error instanceof CscapiError) return error
  if (signal?.aborted) return new AbortedError('A download')
  if (limits.passed !== undefined) return failed(link, limits.passed)
  const code = codeOf(error)
  if (code === 'ERR_PRIVATE_ADDRESS') return refused(link, 'leads into a private network')
  if (code !== undefined && COMPRESSION.test(code))
    return failed(link, `is cut off, or not compressed as it says (${code})`)
  if (code === UNKNOWN_ENCODING) return failed(link, 'has an encoding that is not known here')
  return failed(link, `failed (${code ?? 'no connection'})`)
}

/** Of zlib and of Brotli. */
const COMPRESSION = /^(?:Z_|ERR__ERROR_FORMAT|ERR_BROTLI)/

function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; typeof at === 'object' && at !== null && depth < 5; depth += 1) {
    const code: unknown = Reflect.get(at, 'code')
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code)) return code
    at = Reflect.get(at, 'cause')
  }
  return undefined
}

/** A signed link is a secret: only its host is shown, or its scheme where it has none. */
function shown(link: string): string {
  if (!URL.canParse(link)) return link.trim() === '' ? '""' : printableText(link.slice(0, 40))
  const { host, protocol } = new URL(link)
  return host === '' ? `a ${protocol} link` : host
}

const refused = (link: string, why: string) =>
  new CscapiError('download_refused', `The list of ${shown(link)} was not downloaded: its link ${why}`)

const failed = (link: string, why: string) =>
  new CscapiError(
    'download_failed',
    `The download of a list from ${shown(link)} ${why}; it is tried again with the next pull`,
    { retryable: true },
  )

const tooLarge = (link: string, why: string) =>
  new CscapiError('download_too_large', `The list of ${shown(link)} ${why}; nothing of it was taken`)
