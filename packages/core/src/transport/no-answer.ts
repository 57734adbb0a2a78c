import type { CscapiError } from '@cscapi/signals'
import { AbortedError, CapiNetworkError, CapiTimeoutError } from '../errors.js'
import { ProxyError } from '../proxies/proxy-error.js'
import { printableText } from '../secrets/printable-text.js'
import { type CallSite, namesOf, protocolError } from './call-site.js'
import { causesOf, systemCode } from './causes.js'
import { networkAdvice } from './network-advice.js'
import { BodyTooLongError } from './read-body.js'

/**
 * Builds a fresh error from what was thrown on the way to an answer, or while it was read: the
 * original holds the request, and with it password and token.
 */
export function noAnswerError(site: CallSite, thrown: unknown): CscapiError {
  if (site.signal?.aborted) return new AbortedError(`${site.label} on ${site.host}`, namesOf(site))
  if (thrown instanceof BodyTooLongError) return protocolError(site, `was answered with a body ${thrown.message}`)
  if (nameOf(thrown) === 'TimeoutError') {
    const text = `${site.label} on ${site.host} was not answered within ${site.timeoutMs} ms; try again later`
    return new CapiTimeoutError('timeout', text, { retryable: true, ...namesOf(site) })
  }
  const { text: what, cause } = reasonOf(thrown)
  const reason = printableText(what, site.secrets)
  const text = `${site.label} got no answer from ${site.host} (${reason}): ${networkAdvice(cause)}; try again later`
  return new CapiNetworkError('network_error', text, { retryable: true, ...namesOf(site) })
}

/**
 * Says what failed, and what it is known by. Only the system's code and syscall, which are plain
 * words: a message may quote the URL or a header, and a `fetch` of the user's anything.
 */
function reasonOf(thrown: unknown): { text: string; cause: string } {
  for (const error of causesOf(thrown)) {
    if (error instanceof ProxyError) return { text: error.message, cause: 'proxy' }
    const code = systemCode(error)
    if (code !== undefined) {
      const syscall: unknown = Reflect.get(error, 'syscall')
      const isWord = typeof syscall === 'string' && /^[a-z]{1,20}$/.test(syscall)
      return { text: isWord ? `${syscall} ${code}` : code, cause: code }
    }
    // `fetch` says so by the text alone.
    if (error instanceof Error && error.message === 'bad port') return { text: error.message, cause: error.message }
  }
  const name = nameOf(thrown) ?? 'unknown reason'
  return { text: name, cause: name }
}

function nameOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && /^[A-Za-z]{1,40}$/.test(thrown.name) ? thrown.name : undefined
}
