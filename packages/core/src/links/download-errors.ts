import { CscapiError } from '@cscapi/signals'
import { AbortedError } from '../errors.js'
import { printableText } from '../secrets/printable-text.js'
import { systemCodeOf } from '../transport/causes.js'
import { UNKNOWN_ENCODING } from './strict-get.js'
import type { TimeLimits } from './time-limits.js'

/** Builds the error of a download from what was thrown; an error of ours stays as it is. */
export function downloadError(
  link: string,
  error: unknown,
  signal: AbortSignal | undefined,
  limits: TimeLimits,
): unknown {
  if (error instanceof CscapiError) return error
  if (signal?.aborted) return new AbortedError('A download')
  if (limits.passed !== undefined) return failed(link, limits.passed)
  const code = systemCodeOf(error)
  if (code === 'ERR_PRIVATE_ADDRESS') return refused(link, 'leads into a private network')
  if (code !== undefined && COMPRESSION.test(code))
    return failed(link, `is cut off, or not compressed as it says (${code})`)
  if (code === UNKNOWN_ENCODING) return failed(link, 'has an encoding that is not known here')
  return failed(link, `failed (${code ?? 'no connection'})`)
}

/** Of zlib and of Brotli. */
const COMPRESSION = /^(?:Z_|ERR__ERROR_FORMAT|ERR_BROTLI)/

/** Shows a link. A signed one is a secret: only its host is shown, or its scheme where it has none. */
function shown(link: string): string {
  if (!URL.canParse(link)) return link.trim() === '' ? '""' : printableText(link.slice(0, 40))
  const { host, protocol } = new URL(link)
  return host === '' ? `a ${protocol} link` : host
}

export const refused = (link: string, why: string) =>
  new CscapiError('download_refused', `The list of ${shown(link)} was not downloaded: its link ${why}`)

export const failed = (link: string, why: string) =>
  new CscapiError(
    'download_failed',
    `The download of a list from ${shown(link)} ${why}; it is tried again with the next pull`,
    { retryable: true },
  )

export const tooLarge = (link: string, why: string) =>
  new CscapiError('download_too_large', `The list of ${shown(link)} ${why}; nothing of it was taken`)
