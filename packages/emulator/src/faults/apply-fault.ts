import { type Connection, firstHalf } from '../connections/connection.js'
import {
  ALREADY_REGISTERED,
  type Answer,
  BAD_ATTACHMENT_KEY,
  BAD_CREDENTIALS,
  FORBIDDEN,
  jsonAnswer,
  MACHINE_BLOCKED,
  TOKEN_EXPIRED,
  TOO_LONG,
  UNAUTHORIZED,
} from '../requests/answer.js'
import type { Fault, FaultKind } from './fault.js'

const HTML =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n'

/** Kinds that are a ready-made answer. */
const ANSWERS: ReadonlyMap<FaultKind, Answer> = new Map([
  ['html', { status: 502, body: HTML, headers: { 'content-type': 'text/html' } }],
  ['unauthorized', UNAUTHORIZED],
  ['expired-token', TOKEN_EXPIRED],
  ['ban', FORBIDDEN],
  ['bad-credentials', BAD_CREDENTIALS],
  ['bad-attachment-key', BAD_ATTACHMENT_KEY],
  ['machine-blocked', MACHINE_BLOCKED],
  ['already-registered', ALREADY_REGISTERED],
  ['too-large', TOO_LONG],
  ['rate-limit', jsonAnswer(429, { message: 'Too Many Requests' })],
  ['server-error', jsonAnswer(500, { message: 'Internal server error' })],
  ['unavailable', jsonAnswer(503, { message: 'Service Unavailable' })],
])

const BODYLESS: ReadonlySet<number> = new Set([204, 205, 304])

const AFTER_PROCESSING: ReadonlySet<FaultKind> = new Set(['reset-after', 'cut', 'truncated', 'drip'])

/** Tells whether the server does its work although the fault hits. */
export function isProcessed({ kind, status, processed }: Fault): boolean {
  return processed ?? (kind === undefined ? status === undefined : AFTER_PROCESSING.has(kind))
}

/**
 * Makes the answer that a call with this fault gets; `normal` is the one it would have got, where
 * the server did its work.
 */
export function bendAnswer(fault: Fault, normal: Answer | undefined): Answer {
  const { kind, status, body, headers, retryAfter } = fault
  const base = replacement(fault) ?? normal ?? jsonAnswer(500, { message: 'Internal server error' })
  const finalStatus = status ?? base.status
  const text = body === undefined ? base.body : typeof body === 'string' ? body : JSON.stringify(body)
  return {
    status: finalStatus,
    body: BODYLESS.has(finalStatus) ? undefined : kind === 'truncated' ? firstHalf(text) : text,
    headers: {
      ...base.headers,
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...lowerCase(headers),
    },
  }
}

/** Sends the bent answer the way its kind says. */
export function sendBent(
  fault: Fault,
  answer: Answer,
  connection: Connection,
  sleep: (ms: number) => Promise<void>,
): Response {
  if (fault.kind === 'cut') return connection.cut(answer)
  if (fault.kind === 'drip') return connection.drip(answer, fault.pieceBytes ?? 4, () => sleep(fault.delayMs ?? 10))
  return connection.send(answer)
}

function replacement({ kind, status }: Fault): Answer | undefined {
  const ready = kind && ANSWERS.get(kind)
  if (ready !== undefined) return ready
  if (status === undefined || (kind !== undefined && AFTER_PROCESSING.has(kind))) return undefined
  return jsonAnswer(status, { message: `Fault injected: ${status}` })
}

function lowerCase(headers: Fault['headers']): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
}
