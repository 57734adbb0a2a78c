import { type DecisionStream, readDecisionStream } from '../decision-stream.js'
import type { CallOptions, Http } from '../http.js'

export interface PullDecisionsRequest {
  readonly token: string
  /** Include the community blocklist. Default true. */
  readonly communityPull?: boolean | undefined
  /** Include the links to further blocklists. Default true. */
  readonly additionalPull?: boolean | undefined
}

/** Bytes; the stream may hold hundreds of thousands of entries. */
const MAX_BYTES = 256 * 1_048_576

/** CAPI v3 swagger `GET /decisions/stream`. */
export async function pullDecisions(
  http: Http,
  request: PullDecisionsRequest,
  options: CallOptions = {},
): Promise<DecisionStream> {
  const { token, communityPull = true, additionalPull = true } = request
  // Sent only when false, as the Go engine does it.
  const query = {
    ...(!communityPull && { community_pull: 'false' }),
    ...(!additionalPull && { additional_pull: 'false' }),
  }
  const call = {
    endpoint: 'decisions',
    method: 'GET',
    path: '/decisions/stream',
    query,
    token,
    maxBytes: MAX_BYTES,
  } as const
  const answer = await http.call({ ...options, ...call })
  if (answer.text.trim() === '') return readDecisionStream({}, answer.receivedAt)
  if (typeof answer.json !== 'object' || answer.json === null || Array.isArray(answer.json)) {
    throw answer.unusable('was answered with something else than a JSON object')
  }
  return readDecisionStream(answer.json, answer.receivedAt)
}
