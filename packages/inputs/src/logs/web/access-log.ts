import { LONGEST_LINE } from '../../lines/log-lines.js'
import { apacheTime } from '../apache-time.js'
import { readHeader } from '../syslog-header.js'
import { ipAddress, type WebEvent } from './web-event.js'

/** What stands before the time: `[NAME[:PORT] ]ADDRESS - USER`. */
const FRONT = /^(?:(?<host>\S+) )?(?<address>[0-9a-fA-F.:]+) - (?<user>.*)$/s
/**
 * With a letter, so that it is no address; nginx leaves it empty where the client named no host.
 */
const VIRTUAL_HOST = /^(?=[^:]*[A-Za-z_]|:)[\w.*-]*(?::\d{1,5})?$/
const TIME = / \[(?<time>\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4})\] "/g
const QUOTED = '[^"\\\\]*(?:\\\\.[^"\\\\]*)*'
const BACK = new RegExp(
  `^(?<request>${QUOTED})" (?<status>\\d{3})(?= |$)(?: \\S+ "${QUOTED}" "(?<userAgent>${QUOTED})")?`,
)
/** With a port and a few signs around it. */
const LONGEST_ADDRESS = 64

/**
 * Reads a request in an access log of nginx or Apache: the common and the combined format, also
 * behind a syslog header or the name of the virtual host (with or without a port), and with more
 * fields behind.
 *
 * The peer is the first field, or the second one behind a virtual host, and ` - ` follows it. What
 * clients write (user, host, request, headers) may hold blanks, brackets and addresses, but no
 * unescaped quote: so the time is what stands before the only `] "`. A line that could be read in
 * two ways is not read:
 * - an address in front of an address may be the virtual host, the peer or a forwarded one;
 * - a user name with an address or a lone `-` in it may be the rest of a field in front, with the
 *   peer inside.
 *
 * A format with a header's address in the peer's place (`$http_x_forwarded_for - $remote_user
 * [$time_local] …`) looks just like the common one. Let the server put the peer there instead
 * (`realip` of nginx, `mod_remoteip` of Apache).
 */
export function readAccessLine(text: string): WebEvent | undefined {
  if (text.length >= LONGEST_LINE) return undefined
  const line = readHeader(text).body
  const [time, second] = line.matchAll(TIME)
  if (time?.groups === undefined || second !== undefined) return undefined
  const address = peerOf(line.slice(0, time.index))
  const at = apacheTime(time.groups.time ?? '')
  const { request, status, userAgent = '-' } = BACK.exec(line.slice(time.index + time[0].length))?.groups ?? {}
  if (address === undefined || at === undefined || request === undefined) return undefined
  return {
    kind: 'http-request',
    address,
    at,
    target: request.replace(/ HTTP\/[\d.]+$/, ''),
    status: Number(status),
    ...(userAgent !== '-' && { userAgent }),
  }
}

/** The address in front, if nothing else in front can be one. */
function peerOf(front: string): string | undefined {
  const { host, address = '', user = '' } = FRONT.exec(front)?.groups ?? {}
  if (host !== undefined && !VIRTUAL_HOST.test(host)) return undefined
  const isAmbiguous = user !== '-' && (/(?:^| )-(?: |$)/.test(user) || holdsAddress(user))
  return isAmbiguous ? undefined : ipAddress(address)
}

/**
 * Whether any of the words is an address, alone or with a port, in brackets or with other signs
 * around it.
 */
function holdsAddress(text: string): boolean {
  return text
    .split(/[^0-9a-fA-F.:]+/)
    .filter(({ length }) => length <= LONGEST_ADDRESS)
    .map((word) => word.replace(/^\.+|[.:]+$/g, ''))
    .some((word) => ipAddress(word) !== undefined || ipAddress(word.replace(/:\d+$/, '')) !== undefined)
}
