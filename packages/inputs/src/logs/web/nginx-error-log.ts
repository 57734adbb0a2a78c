import { LONGEST_LINE } from '../../lines/log-lines.js'
import { epochOf, type ZoneOption } from '../local-time.js'
import { readHeader } from '../syslog-header.js'
import { readDenial } from './modsecurity.js'
import { type ErrorFrame, ipAddress, type WebEvent } from './web-event.js'

const LINE =
  /^(?<year>\d{4})\/(?<month>\d{2})\/(?<day>\d{2}) (?<time>\d{2}:\d{2}:\d{2}) \[[a-z]+\] \d+#\d+: \*\d+ (?<rest>.*)$/
const PEER = ', client: '
const BEHIND_PEER = /^(?<address>[0-9a-fA-F.:]+), server: (?:[^"]*?, request: "(?<request>[^"]*))?/
/** nginx cuts a record at 2,048 bytes with its line feed; the peer may be what is missing then. */
const CUT_BYTES = 2_047

/** A user name of Basic authentication ends at the first colon, so it can hold no `, client: `. */
const REFUSED_LOGIN = /^user "(?<user>[^:]*)"(?:: password mismatch| was not found in "[^":]*")$/

/**
 * Messages without any text of a client’s, and what nginx answers then (400 where there is no HTTP
 * answer).
 */
const FIXED: readonly (readonly [status: number, message: RegExp])[] = [
  [403, /^access forbidden by rule$/],
  [503, /^limiting requests, excess: [\d.]+ by zone "[^"]*"$/],
  [503, /^limiting connections by zone "[^"]*"$/],
  // Where such a message quotes the client, a colon stands before the quote.
  [400, /^client sent [\w "./-]+$/],
  [400, /^client SSL certificate verify error: \(\d+:[^",]*$/],
  [400, /^SSL_\w+\(\) failed \(SSL: error:[^",]* while SSL handshaking$/],
  [400, /^peer closed connection in SSL handshake[^",]* while SSL handshaking$/],
  [400, /^no "ssl_certificate" is defined in server listening on SSL port while SSL handshaking$/],
]

/** Messages that hold the path, decoded and as it is, quotes and line feeds included. */
const WITH_PATH: readonly RegExp[] = [
  /^(?:open|openat|stat|lstat|opendir|realpath)\(\) ".*" failed \((?<errno>\d+): [^()"]*\)$/,
  /^".*" is (?:not found|forbidden) \((?<errno>\d+): [^()"]*\)$/,
  /^directory index of ".*" is (?<errno>)forbidden$/,
]
/** ENOENT, ENOTDIR and ENAMETOOLONG; EACCES. Other failures are the server’s own. */
const STATUS_OF_ERRNO = new Map([
  ['2', 404],
  ['20', 404],
  ['36', 404],
  ['13', 403],
  ['', 403],
])

/**
 * Reads a refused login, a request that failed or a broken TLS handshake in nginx’s error log, also
 * behind a syslog header.
 *
 * nginx puts the peer behind its message, and escapes nothing. So a line is read only where the
 * first `, client: ` is certain to be nginx’s own: the message is one without client text, or
 * quotes a user name, which can hold no colon, or quotes a path, and then the words must stand in
 * the whole line once and the line must be whole. Its path may also hold a line feed: see {@link
 * distrustSplitRecords}, for which each line has to pass first.
 */
export function readNginxErrorLine(text: string, zone?: ZoneOption): WebEvent | undefined {
  if (text.length >= LONGEST_LINE) return undefined
  const { year = '', month = '', day = '', time = '', rest = '' } = LINE.exec(readHeader(text).body)?.groups ?? {}
  const at = epochOf({ year, month, day, time }, zone)
  const found = deniedByModSecurity(rest) ?? whatOf(rest, text)
  const address = ipAddress(found?.address ?? '')
  return found === undefined || at === undefined || address === undefined ? undefined : { ...found, address, at }
}

/**
 * Reads any message of nginx’s, with the peer that stands behind it, if nothing else in the line
 * can be one.
 */
export function readNginxFrame(text: string, zone?: ZoneOption): ErrorFrame | undefined {
  if (text.length >= LONGEST_LINE) return undefined
  const { year = '', month = '', day = '', time = '', rest } = LINE.exec(readHeader(text).body)?.groups ?? {}
  if (rest === undefined) return undefined
  const [message = '', back = '', more] = rest.split(PEER)
  const isCertain = more === undefined && isWhole(text, back)
  const address = isCertain ? ipAddress(BEHIND_PEER.exec(back)?.groups?.address ?? '') : undefined
  return { address, at: epochOf({ year, month, day, time }, zone), message }
}

type Found = Omit<WebEvent, 'at'>

/** ModSecurity puts the peer in front of its message. */
function deniedByModSecurity(rest: string): Found | undefined {
  const { address, status, target = '' } = readDenial(rest) ?? {}
  return address === undefined ? undefined : { kind: 'http-request', address, status: status ?? 403, target }
}

function whatOf(rest: string, line: string): Found | undefined {
  const peerAt = rest.indexOf(PEER)
  if (peerAt < 0) return undefined
  const message = rest.slice(0, peerAt)
  const back = rest.slice(peerAt + PEER.length)
  const { address = '', request = '' } = BEHIND_PEER.exec(back)?.groups ?? {}
  const user = REFUSED_LOGIN.exec(message)?.groups?.user
  if (user !== undefined) return { kind: 'http-login', address, target: user }
  const status = fixedStatus(message) ?? (isWhole(line, back) ? pathStatus(message) : undefined)
  if (status === undefined) return undefined
  return { kind: 'http-request', address, target: request.replace(/ HTTP\/[\d.]+$/, ''), status }
}

function fixedStatus(message: string): number | undefined {
  return FIXED.find(([, pattern]) => pattern.test(message))?.[0]
}

function pathStatus(message: string): number | undefined {
  for (const pattern of WITH_PATH) {
    const match = pattern.exec(message)
    if (match !== null) return STATUS_OF_ERRNO.get(match.groups?.errno ?? '')
  }
  return undefined
}

/**
 * Nothing of it was cut off, and no client text in it can be the end of one message and the start
 * of another.
 */
function isWhole(line: string, back: string): boolean {
  return back.endsWith('"') && !back.includes(PEER) && Buffer.byteLength(line) < CUT_BYTES
}
