import type { Bouncer } from '../bouncers/authenticate.js'
import type { LocalApiContext, Route } from '../context.js'
import { inPieces, textStream } from '../http/text-stream.js'
import { readFilter } from '../live/decision-filter.js'
import { BEGIN, StreamAnswer } from './stream-answer.js'

const HEADERS = { 'Content-Type': 'application/json' }
/** Without `scopes`: others come to whom they are no surprise. */
const SCOPES = 'ip,range'

export const decisionsStream: Route = {
  path: '/v1/decisions/stream',
  method: 'GET',
  withHead: true,
  async answer({ request, connection, query, isHead }, context) {
    const bouncer = await context.bouncers.enter(request, connection, context.addresses.of(request, connection))
    if (isHead) return new Response(null, { headers: HEADERS })
    let answer: StreamAnswer | undefined
    const pieces = async function* () {
      // At once: one client gives up 2 s after asking, whatever there is to prepare.
      yield BEGIN
      answer = await prepare(query, bouncer, context)
      yield* inPieces(answer.texts())
    }
    const body = textStream(pieces(), (isWhole) => {
      if (!isWhole || answer === undefined) return
      const { cursor } = answer
      const move = () => context.cursors.move(bouncer, cursor)
      // What was made to its end may still not have been sent to its end.
      if (connection.sent === undefined) move()
      else void connection.sent.then((isSent) => isSent && move())
    })
    return new Response(body, { headers: HEADERS })
  },
}

async function prepare(query: URLSearchParams, bouncer: Bouncer, context: LocalApiContext): Promise<StreamAnswer> {
  const { announcements, cursors, following, options } = context
  const isStartup = query.get('startup') === 'true'
  const cursor = await cursors.get(bouncer)
  await following.refresh()
  const held = await announcements.sync()
  return new StreamAnswer({
    held,
    log: announcements.log,
    cursor: isStartup ? undefined : cursor,
    isStartup,
    filter: readFilter(query, SCOPES),
    isDeduplicated: query.get('dedup') !== 'false',
    now: options.now,
  })
}
