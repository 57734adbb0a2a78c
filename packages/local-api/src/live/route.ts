import type { Route } from '../context.js'
import { inPieces, textStream } from '../http/text-stream.js'
import { liveAnswer } from './live-answer.js'

const JSON_TYPE = { 'Content-Type': 'application/json; charset=utf-8' }

export const liveDecisions: Route = {
  path: '/v1/decisions',
  method: 'GET',
  withHead: true,
  async answer({ request, connection, query, isHead }, { bouncers, addresses, following, options }) {
    await bouncers.enter(request, connection, addresses.of(request, connection))
    if (isHead) return new Response(null, { status: 200, headers: JSON_TYPE })
    // A visitor waits for the answer: what is new counts from the next one on.
    void following.refresh()
    const texts = liveAnswer(query, options.decisions.held(), options.now)
    return new Response(
      textStream(inPieces(texts), () => undefined),
      { headers: JSON_TYPE },
    )
  },
}
