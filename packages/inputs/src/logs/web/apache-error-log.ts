import { LONGEST_LINE } from '../../lines/log-lines.js'
import { epochOf, type ZoneOption } from '../local-time.js'
import { readDenial } from './modsecurity.js'
import { type ErrorFrame, ipAddress, type WebEvent } from './web-event.js'

const TIME =
  '\\[[A-Z][a-z]{2} (?<month>[A-Z][a-z]{2}) +(?<day>\\d{1,2}) (?<time>\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?) (?<year>\\d{4})\\]'
/**
 * The number and text of a failed system call, `(13)Permission denied: `. Where a client’s text
 * could stand there is no number, and what follows `, referer: ` is always a client’s.
 */
const FAILURE = '(?:\\((?:[A-Z]{2,3} )?-?\\d+\\)[^[\\]:]*(?<!, referer): )?'
const FORMS = [
  // 2.4: module, process, perhaps the place in the source; the address always has a port behind a
  // colon.
  new RegExp(
    `^${TIME} \\[[\\w-]*:[a-z0-9]+\\] \\[pid \\d+(?::tid \\d+)?\\] (?:[\\w./-]+\\(\\d+\\): )?${FAILURE}` +
      '\\[client (?:(?<ip4>[\\d.]+)(?::\\d+)?|(?<ip6>[0-9a-fA-F.:]+):\\d+)\\] (?:AH\\d{5}: )?(?<message>.*)$',
  ),
  // 2.2: neither module nor port.
  new RegExp(`^${TIME} \\[[a-z]+\\] \\[client (?<ip4>[0-9a-fA-F.:]+)\\] ${FAILURE}(?<message>.*)$`),
] as const

/** Refused logins of Basic, Digest, form and LDAP authentication. */
const REFUSED_LOGINS: readonly RegExp[] = [
  /^user `(?<user>.*?)' in realm `/,
  /^user '?(?<user>.*?)'?: authentication failure for "/,
  /^user '?(?<user>.*?)'? not found: /,
  /^user (?<user>.*?): password mismatch: /,
  /^auth_ldap authenticate: user (?<user>.*?) authentication failed; URI /,
]

/**
 * Refused requests, with what Apache answers (400 where there is no HTTP answer), and what they
 * were for.
 */
const REFUSED_REQUESTS: readonly (readonly [status: number, message: RegExp])[] = [
  [403, /^client denied by server configuration: (?:uri (?<uri>.*)|(?<file>.*))$/],
  [400, /^invalid URI path \((?<uri>.*)\)/],
  [400, /^Invalid URI in request (?<uri>.*)$/],
  [400, /^Invalid method in request (?<uri>.*)$/],
  [403, /^Cannot map (?<uri>.*) to file/],
  [403, /^access to (?<uri>.*) (?:failed|denied)/],
  [403, /^Cannot serve directory (?<file>.*): No matching DirectoryIndex/],
  [404, /^File does not exist: (?<file>.*)$/],
  [404, /^script (?:'(?<file>.*)' )?not found or unable to stat(?:: (?<script>.*))?$/],
  [404, /^Got error 'Primary script unknown/],
  [400, /^request failed: /],
  [400, /^SSL (?:library error \d+ in handshake|handshake failed: )/],
]

/**
 * Reads a refused login, a request that failed or one that ModSecurity stopped, in Apache’s error
 * log (2.4 and 2.2).
 *
 * `[client ADDRESS:PORT]` stands before the message, nothing before it is a client’s text, and
 * Apache escapes line feeds: whatever follows names nobody. `[remote …]` is a server that Apache
 * itself asked, and is not read. A file that was asked for is told by its name alone, as the
 * folders above it are the server’s own.
 */
export function readApacheErrorLine(line: string, zone?: ZoneOption): WebEvent | undefined {
  const { address, at, message } = readApacheFrame(line, zone) ?? {}
  const what = message === undefined ? undefined : whatOf(message)
  return address === undefined || at === undefined || what === undefined ? undefined : { ...what, address, at }
}

/** Says whom a line of Apache’s error log is about, when it was written, and what it says. */
export function readApacheFrame(line: string, zone?: ZoneOption): ErrorFrame | undefined {
  if (line.length >= LONGEST_LINE) return undefined
  const groups = FORMS.map((form) => form.exec(line)?.groups).find((found) => found !== undefined)
  if (groups === undefined) return undefined
  const { year = '', month = '', day = '', time = '', ip4, ip6, message = '' } = groups
  return { address: ipAddress(ip4 ?? ip6 ?? ''), at: epochOf({ year, month, day, time }, zone), message }
}

function whatOf(message: string): Pick<WebEvent, 'kind' | 'target' | 'status'> | undefined {
  for (const pattern of REFUSED_LOGINS) {
    const user = pattern.exec(message)?.groups?.user
    if (user !== undefined) return { kind: 'http-login', target: user }
  }
  const denial = readDenial(message)
  if (denial !== undefined) return { kind: 'http-request', status: denial.status, target: denial.target }
  const [text = ''] = message.split(', referer: ', 1)
  for (const [status, pattern] of REFUSED_REQUESTS) {
    const match = pattern.exec(text)
    if (match !== null) return { kind: 'http-request', status, target: targetOf(match.groups ?? {}) }
  }
  return undefined
}

function targetOf({ uri, file, script }: Record<string, string | undefined>): string {
  if (uri !== undefined) return uri
  const path = file ?? script
  return path === undefined ? '' : path.slice(path.lastIndexOf('/', path.length - 2))
}
