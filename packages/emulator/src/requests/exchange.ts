import * as z from 'zod'
import type { Connection } from '../connections/connection.js'
import { bendAnswer, isProcessed, sendBent } from '../faults/apply-fault.js'
import type { Fault } from '../faults/fault.js'
import type { TokenCheck } from '../machines/tokens.js'
import type { Route } from '../routes/call.js'
import type { ServerState } from '../server-state.js'
import { untilAborted } from '../sleep.js'
import { type Answer, FORBIDDEN, TOKEN_EXPIRED, UNAUTHORIZED } from './answer.js'
import type { OpenRequest } from './recorded-request.js'
import { type RequestBody, readBody } from './request-body.js'

const DEFAULT_MAX_BODY_BYTES = 10 * 1024 * 1024

const identitySchema = z.object({ machine_id: z.string() })

/**
 * One request from arrival to answer: read, record, look for a fault, do the work, wait, answer.
 * The work is done at arrival and only the answer is held back, so a caller that gives up while
 * waiting does not know whether the server took its request, as with a real one.
 */
export async function exchange(
  request: Request,
  connection: Connection,
  route: Route,
  linkToken: string,
  state: ServerState,
): Promise<Response> {
  const { options, record, faults, tokens, now } = state
  const { headers } = connection
  const body = await readBody(request.method, connection, options.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES)
  const token = tokens.check(headers.authorization)
  const url = new URL(request.url)
  const entry = record.open({
    route: route.name,
    method: request.method,
    path: url.pathname + url.search,
    headers,
    body: body.value,
    wireBytes: body.wireBytes,
    bodyBytes: body.bodyBytes,
    machineId: route.authorised ? ownerOf(token) : identitySchema.safeParse(body.value).data?.machine_id,
    remoteAddress: connection.remoteAddress,
    at: now(),
  })
  const work = () => answer(route, { body, token, headers, url, linkToken }, connection.remoteAddress, state)
  try {
    const fault = faults.take(entry)
    if (fault) return await goWrong(fault, work, entry, connection, state)
    const normal = work()
    entry.problems = normal.problems ?? []
    await hold(options.latencyMs ?? 0, connection, state)
    record.close(entry, normal.status)
    return connection.send(normal)
  } finally {
    record.abandon(entry)
    options.onRequest?.(entry)
  }
}

async function goWrong(
  fault: Fault,
  work: () => Answer,
  entry: OpenRequest,
  connection: Connection,
  state: ServerState,
): Promise<Response> {
  const { kind, status, delayMs = 0 } = fault
  const { latencyMs = 0 } = state.options
  entry.fault = kind ?? (status === undefined ? 'altered' : String(status))
  const bent = bendAnswer(fault, isProcessed(fault) ? work() : undefined)
  if (kind === 'hang') return untilAborted(connection.signal)
  await hold(latencyMs + (kind === 'drip' ? 0 : delayMs), connection, state)
  if (kind === 'reset' || kind === 'reset-after') return connection.reset()
  state.record.close(entry, bent.status)
  return sendBent(fault, bent, connection, (ms) => state.sleep(ms, connection.signal))
}

async function hold(ms: number, connection: Connection, { sleep }: ServerState): Promise<void> {
  if (ms > 0) await sleep(ms, connection.signal)
}

interface Arrived {
  readonly body: RequestBody
  readonly token: TokenCheck
  readonly headers: Readonly<Record<string, string>>
  readonly url: URL
  readonly linkToken: string
}

/** Answers in the order of API Gateway: ban, authoriser, body, work. */
function answer(route: Route, arrived: Arrived, remoteAddress: string, state: ServerState): Answer {
  const { body, token, headers, url, linkToken } = arrived
  const isLink = route.name === 'blocklist' || route.name === 'allowlist'
  if (!isLink && state.ban?.refuses(remoteAddress, route.name === 'login')) return FORBIDDEN
  const refusal = route.authorised ? refuseToken(token, state) : undefined
  if (refusal ?? body.refusal) return refusal ?? body.refusal ?? UNAUTHORIZED
  return route.answer({ body: body.value, machineId: ownerOf(token) ?? '', headers, url, linkToken }, state)
}

function ownerOf(token: TokenCheck): string | undefined {
  return token.state === 'unknown' ? undefined : token.machineId
}

function refuseToken(token: TokenCheck, { machines }: ServerState): Answer | undefined {
  if (token.state === 'unknown' || !machines.get(token.machineId)) return UNAUTHORIZED
  const expired = token.state === 'expired' || machines.tokenExpired(token.machineId, token.serial)
  return expired ? TOKEN_EXPIRED : undefined
}
