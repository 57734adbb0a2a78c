import { FORBIDDEN } from './forbidden.js'
import { type NodeRequest, nodeClient } from './node-client.js'
import { type RemediationOptions, readRemediationOptions } from './options.js'
import { isRefused, type Outcome } from './outcome.js'
import { type RemediationRequest, remediateWith } from './remediate.js'

/** What is used of Hono's context. */
export interface HonoContextLike {
  readonly req: { header(name: string): string | undefined }
  readonly env: unknown
}

export interface HonoRemediationOptions<Context> extends RemediationOptions {
  /**
   * The other end of the connection. Default: what `@hono/node-server` knows of it. Elsewhere it is
   * the runtime's to say, e.g. `(c) => getConnInfo(c).remote.address`.
   */
  readonly remoteAddress?: (context: Context) => string | undefined
  /**
   * Answers instead of the 403, e.g. with a captcha where `outcome.decision.remediation` says so:
   * the response, or `undefined` to serve the request all the same. Default: 403 for every
   * remediation.
   */
  readonly answer?: (
    outcome: Exclude<Outcome, { kind: 'pass' }>,
    context: Context,
  ) => Response | undefined | Promise<Response | undefined>
}

/**
 * Guards a Hono application: `app.use(remediateHono({ decisions }))`.
 *
 * @throws InputError that lists every option that is wrong
 */
export function remediateHono<Context extends HonoContextLike = HonoContextLike>(
  options: HonoRemediationOptions<Context>,
): (context: Context, next: () => Promise<void>) => Promise<Response | undefined> {
  const remediate = remediateWith(readRemediationOptions(options, 'runtime'))
  const { remoteAddress, answer = forbidden } = options
  return async (context, next) => {
    const client = clientOf(context)
    const outcome = remediate(
      remoteAddress === undefined ? client : { ...client, remoteAddress: remoteAddress(context) },
    )
    const response = isRefused(outcome) ? await answer(outcome, context) : undefined
    if (response !== undefined) return response
    await next()
    return undefined
  }
}

const forbidden = () => new Response(FORBIDDEN.body, { status: FORBIDDEN.status, headers: FORBIDDEN.headers })

/**
 * `@hono/node-server` hands the request of Node.js over, as `server.incoming` to an application
 * that has bindings of its own. Without one nobody knows the client.
 */
function clientOf({ env, req }: HonoContextLike): RemediationRequest {
  const { incoming, server } = (env ?? {}) as NodeBindings
  const request = server?.incoming ?? incoming
  return request === undefined ? { remoteAddress: undefined, header: (name) => req.header(name) } : nodeClient(request)
}

interface NodeBindings {
  readonly incoming?: NodeRequest
  readonly server?: { readonly incoming?: NodeRequest }
}
