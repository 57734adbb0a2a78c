import { IpNetwork, lazily, type NetworkSet, parseJson, parseTimestamp } from '@cscapi/signals'
import * as z from 'zod'
import { apacheTime } from '../logs/apache-time.js'
import type { WebEvent } from '../logs/web/web-event.js'
import type { ReadContext } from './format.js'
import { text, texts } from './json-record.js'

/** As the variables are called, which is what most operators call them in their `log_format`. */
const nginxSchema = lazily(() =>
  z.object({
    remote_addr: z.string(),
    remote_user: text(),
    time: text(),
    time_iso8601: text(),
    time_local: text(),
    timestamp: text(),
    msec: text(),
    status: z.coerce.number().catch(0),
    request: text(),
    request_method: text(),
    request_uri: text(),
    http_user_agent: text(),
  }),
)

const caddySchema = lazily(() =>
  z.object({
    logger: z.string().startsWith('http.'),
    ts: z.union([z.number(), z.string()]),
    status: z.number().catch(0),
    request: z.object({
      remote_ip: text(),
      // What `trusted_proxies` made of it; before 2.7 there was none.
      client_ip: text(),
      method: z.string(),
      uri: z.string(),
      headers: z.object({ 'User-Agent': texts() }).catch({ 'User-Agent': [] }),
    }),
    user_id: text(),
    resp_headers: z.object({ 'Www-Authenticate': texts() }).catch({ 'Www-Authenticate': [] }),
  }),
)

const traefikSchema = lazily(() =>
  z.object({
    ClientAddr: z.string(),
    ClientHost: text(),
    ClientUsername: text(),
    StartUTC: text(),
    time: text(),
    RequestMethod: z.string().catch(''),
    RequestPath: z.string().catch(''),
    DownstreamStatus: z.number().catch(0),
    'request_User-Agent': text(),
  }),
)

/**
 * Reads a request in an access log of JSON lines, of nginx (`escape=json`), Caddy or Traefik; as
 * text, why it cannot be read; `undefined` for what is none.
 */
export function readAccessRecord(line: string, context: ReadContext): WebEvent | string | undefined {
  if (!line.startsWith('{')) return undefined
  const value = parseJson(line)
  if (value === undefined) return 'it is no JSON, or only part of it'
  const nginx = nginxSchema().safeParse(value)
  if (nginx.success) return ofNginx(nginx.data, line)
  const caddy = caddySchema().safeParse(value)
  if (caddy.success) return ofCaddy(caddy.data)
  const traefik = traefikSchema().safeParse(value)
  return traefik.success ? ofTraefik(traefik.data, context.trustedProxies) : undefined
}

function ofNginx(record: z.output<ReturnType<typeof nginxSchema>>, line: string): WebEvent | string {
  // Without `escape=json` a client writes what it likes, and the last of two keys would win.
  if (line.split('"remote_addr"').length > 2) return 'it has two remote_addr: use escape=json'
  const { time, time_iso8601, time_local, timestamp, msec, remote_user = '', status } = record
  const zoned = time_iso8601 ?? time ?? timestamp ?? time_local ?? ''
  const at = msec === undefined ? (parseTimestamp(zoned)?.ms ?? apacheTime(zoned)) : Number(msec) * 1_000
  const { request_method = '', request_uri = '', request = '' } = record
  const target = request_method === '' ? request.replace(/ HTTP\/[\d.]+$/, '') : `${request_method} ${request_uri}`
  return requestOf({
    ...{ address: record.remote_addr, at, target, status, userAgent: record.http_user_agent },
    login: status === 401 && remote_user !== '' && remote_user !== '-' ? remote_user : undefined,
  })
}

function ofCaddy({
  logger,
  ts,
  request,
  status,
  user_id = '',
  resp_headers,
}: z.output<ReturnType<typeof caddySchema>>) {
  if (!logger.startsWith('http.log.access')) return undefined
  const isBasic = resp_headers['Www-Authenticate'].some((value) => value.startsWith('Basic'))
  return requestOf({
    address: request.client_ip ?? request.remote_ip ?? '',
    at: typeof ts === 'number' ? ts * 1_000 : parseTimestamp(ts)?.ms,
    target: `${request.method} ${request.uri}`,
    ...{ status, userAgent: request.headers['User-Agent'][0] },
    login: status === 401 && isBasic ? user_id : undefined,
  })
}

function ofTraefik(record: z.output<ReturnType<typeof traefikSchema>>, trustedProxies: NetworkSet): WebEvent | string {
  const { ClientAddr, ClientHost = '', RequestMethod, RequestPath, DownstreamStatus, ClientUsername = '-' } = record
  const peer = ClientAddr.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1')
  return requestOf({
    // The host is what a header says, and only a proxy's word about its client counts.
    address: isIn(trustedProxies, peer) ? lastOutside(trustedProxies, ClientHost) : peer,
    at: parseTimestamp(record.StartUTC ?? record.time ?? '')?.ms,
    target: `${RequestMethod} ${RequestPath}`,
    ...{ status: DownstreamStatus, userAgent: record['request_User-Agent'] },
    login: DownstreamStatus === 401 && ClientUsername !== '-' ? ClientUsername : undefined,
  })
}

interface Request {
  readonly address: string
  readonly at: number | undefined
  readonly target: string
  readonly status: number
  readonly userAgent: string | undefined
  /** Who tried to log in with HTTP's own authentication, and was refused. */
  readonly login: string | undefined
}

function requestOf({ address, at, target, status, userAgent = '', login }: Request): WebEvent | string {
  if (at === undefined || !Number.isFinite(at)) return 'its time is none'
  const when = { address, at: Math.floor(at), status, ...(userAgent !== '' && { userAgent }) }
  return login === undefined
    ? { kind: 'http-request', target, ...when }
    : { kind: 'http-login', target: login, ...when }
}

/** The last address in the list that is no proxy of ours: what stands before it, anybody wrote. */
function lastOutside(networks: NetworkSet, list: string): string {
  const addresses = list.split(',').map((address) => address.trim())
  return addresses.findLast((address) => !isIn(networks, address)) ?? ''
}

function isIn(networks: NetworkSet, address: string): boolean {
  const asked = new IpNetwork()
  return asked.read(address) && networks.find(asked) !== undefined
}
