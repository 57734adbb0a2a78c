import { FORBIDDEN } from './forbidden.js'
import { type NodeRequest, nodeClient } from './node-client.js'
import { type RemediationOptions, readRemediationOptions } from './options.js'
import { isRefused, type Outcome } from './outcome.js'
import { remediateWith } from './remediate.js'

/** What is used of `ServerResponse`. */
export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown
  end(body: string): unknown
}

export interface NodeRemediationOptions<Request, Response> extends RemediationOptions {
  /**
   * Answers instead of the 403, e.g. with a captcha where `outcome.decision.remediation` says so:
   * `true` when it has answered or will, `false` to serve the request all the same. Default: 403
   * for every remediation.
   */
  readonly answer?: (
    outcome: Exclude<Outcome, { kind: 'pass' }>,
    request: Request,
    response: Response,
  ) => boolean | Promise<boolean>
}

/**
 * Guards a server of `node:http`, `node:https` or `node:http2`, or an Express application, as
 * middleware. The function that it returns resolves to `true` when it has answered: then there is
 * nothing left to do. Otherwise it calls `next`, if there is one, and resolves to `false`.
 *
 * @throws InputError that lists every option that is wrong
 * @example
 * ```ts
 * const guard = remediateNode({ decisions: await client.decisions() })
 * createServer(async (request, response) => {
 *   if (await guard(request, response)) return
 *   response.end('Welcome\n')
 * })
 * ```
 */
export function remediateNode<Request extends NodeRequest = NodeRequest, Response extends NodeResponse = NodeResponse>(
  options: NodeRemediationOptions<Request, Response>,
): (request: Request, response: Response, next?: (error?: unknown) => void) => Promise<boolean> {
  const remediate = remediateWith(readRemediationOptions(options, 'answer'))
  const guard = async (request: Request, response: Response): Promise<boolean> => {
    const outcome = remediate(nodeClient(request))
    if (!isRefused(outcome)) return false
    if (options.answer !== undefined) return options.answer(outcome, request, response)
    // HTTP/2 knows no such header; in HTTP/1, what is left of the request's body is not read then.
    const ending = request.httpVersionMajor < 2 ? { connection: 'close' } : {}
    response.writeHead(FORBIDDEN.status, { ...FORBIDDEN.headers, ...ending })
    response.end(FORBIDDEN.body)
    return true
  }
  return async (request, response, next) => {
    if (next === undefined) return guard(request, response)
    try {
      const isAnswered = await guard(request, response)
      if (!isAnswered) next()
      return isAnswered
    } catch (error) {
      next(error)
      return false
    }
  }
}
