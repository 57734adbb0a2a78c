import type { CallOptions, Http } from '../../transport/http.js'
import { readPieces } from '../../transport/read-body.js'
import type { DecisionStream } from '../decision-stream/decision-stream.js'
import { UnreadableJsonError } from '../decision-stream/unreadable-json-error.js'

/** What a pull asks for (CAPI v3 swagger `/decisions/stream`). */
export interface PullDecisionsRequest {
  /** The token of the machine that pulls. A secret. */
  readonly token: string
  /** Include the community blocklist. Default true. */
  readonly communityPull?: boolean | undefined
  /** Include the links to further blocklists. Default true. */
  readonly additionalPull?: boolean | undefined
  /**
   * Ask for everything, as whoever holds nothing yet does: a server may otherwise answer with what
   * changed since this machine's last answer. Default false.
   */
  readonly startup?: boolean | undefined
}

/** Bytes; the stream may hold hundreds of thousands of entries. */
const MAX_BYTES = 256 * 1_048_576

/** Pulls decisions (CAPI v3 swagger `GET /decisions/stream`). */
export async function pullDecisions(
  http: Http,
  request: PullDecisionsRequest,
  options: CallOptions = {},
): Promise<DecisionStream> {
  const { token, communityPull = true, additionalPull = true, startup = false } = request
  // Each is sent only where it differs from the default, as the Go engine does it.
  const query = {
    ...(!communityPull && { community_pull: 'false' }),
    ...(!additionalPull && { additional_pull: 'false' }),
    ...(startup && { startup: 'true' }),
  }
  const call = { endpoint: 'decisions', method: 'GET', path: '/decisions/stream', query, token } as const
  // Most programs never pull: what reads the stream is loaded by those that do.
  const reading = import('../decision-stream/read-decision-stream.js')
  return http.read({ ...options, ...call }, async ({ response, receivedAt, signal, unusable }) => {
    const { readDecisionStream } = await reading
    try {
      return await readDecisionStream(readPieces(response, MAX_BYTES, signal), receivedAt)
    } catch (error) {
      if (!(error instanceof UnreadableJsonError)) throw error
      throw unusable(`was answered with something else than a JSON object of decisions: ${error.message}`)
    }
  })
}
