import { printable } from '@cscapi/signals'
import { printableText } from '../secrets/printable-text.js'
import { downloadError, failed } from './download-errors.js'
import { followLink, type Known, type LinkTransport } from './follow-link.js'
import { type LineLimits, readLines } from './read-lines.js'
import { TimeLimits } from './time-limits.js'

/** How a list is downloaded. */
export interface DownloadOptions extends Known, LineLimits {
  /** Milliseconds without a byte. Default 30,000. */
  readonly idleTimeoutMs?: number | undefined
  /**
   * Milliseconds for all of it: a host that sends a byte now and then must not hold up the others'
   * lists. Default 300,000.
   */
  readonly timeoutMs?: number | undefined
  /** Ends the download with an `AbortedError`. */
  readonly signal?: AbortSignal | undefined
}

/** `lines` is `undefined` when nothing changed (304). */
export interface Download {
  /** The lines without their ends; absent where nothing changed. */
  readonly lines: AsyncIterable<string> | undefined
  /** To be sent as `If-None-Match` with the next download. */
  readonly etag: string | undefined
  /** To be sent as `If-Modified-Since` with the next download. */
  readonly lastModified: string | undefined
}

const IDLE_MS = 30_000
const TIMEOUT_MS = 300_000

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
    const response = await followLink(transport, link, options, limits.signal)
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
    throw downloadError(link, error, options.signal, limits)
  }
}

/** Its lines may look like anything. */
const PAGE = /^\s*(?:text\/html|application\/xhtml\+xml)\b/i

/** Tells what a page begins with, for whoever has to find out whose it is. */
async function firstOf(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines)
    if (line.trim() !== '') return `, which begins with ${printable(printableText(line.trim().slice(0, 200)))}`
  return ''
}
