import { FORBIDDEN } from './forbidden.js'
import { type NodeRequest, nodeClient } from './node-client.js'
import { type RemediationOptions, readRemediationOptions } from './options.js'
import { isRefused, type Outcome } from './outcome.js'
import { remediateWith } from './remediate.js'

/**
 * What is used of Fastify's request. Its own `ip` is not: that may believe others than `trustProxy`
 * does.
 */
export interface FastifyRequestLike {
  readonly raw: Pick<NodeRequest, 'socket' | 'headers' | 'rawHeaders'>
}

/** What is used of Fastify's reply. */
export interface FastifyReplyLike {
  code(status: number): unknown
  headers(values: Record<string, string>): unknown
  send(body: string): unknown
}

export interface FastifyRemediationOptions<Request, Reply> extends RemediationOptions {
  /**
   * Answers instead of the 403, e.g. with a captcha where `outcome.decision.remediation` says so:
   * `true` when it has sent a reply, `false` to serve the request all the same. Default: 403 for
   * every remediation.
   */
  readonly answer?: (
    outcome: Exclude<Outcome, { kind: 'pass' }>,
    request: Request,
    reply: Reply,
  ) => boolean | Promise<boolean>
}

/**
 * Guards a Fastify application: `app.addHook('onRequest', remediateFastify({ decisions }))`.
 *
 * @throws InputError that lists every option that is wrong
 */
export function remediateFastify<
  Request extends FastifyRequestLike = FastifyRequestLike,
  Reply extends FastifyReplyLike = FastifyReplyLike,
>(options: FastifyRemediationOptions<Request, Reply>): (request: Request, reply: Reply) => Promise<unknown> {
  const remediate = remediateWith(readRemediationOptions(options, 'answer'))
  return async (request, reply) => {
    const outcome = remediate(nodeClient(request.raw))
    if (!isRefused(outcome)) return undefined
    if (options.answer !== undefined) return (await options.answer(outcome, request, reply)) ? reply : undefined
    reply.code(FORBIDDEN.status)
    reply.headers(FORBIDDEN.headers)
    reply.send(FORBIDDEN.body)
    // An asynchronous hook that returns the reply ends the request there.
    return reply
  }
}
