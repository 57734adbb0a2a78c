import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import type { Recorded, Session } from './requests.js'

/** What a server answered, as far as clients look at it. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  /** Parsed, where it is JSON. */
  readonly body: unknown
}

const HEADERS = ['content-type', 'cache-control', 'www-authenticate', 'location', 'allow', 'content-encoding']

export function ask(url: string, asked: Recorded, session: Session): Promise<Answer> {
  const { method, path, body, as, headers = {} } = asked
  const sent = body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  const credentials =
    as === 'bouncer'
      ? { 'x-api-key': session.key }
      : as === 'watcher'
        ? { authorization: `Bearer ${session.token}` }
        : {}
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}${typeof path === 'string' ? path : path(session)}`,
      { method, headers: { 'user-agent': 'recorded/v1', ...credentials, ...headers } },
      async (answer) => {
        const said = await text(answer)
        const kept = Object.fromEntries(HEADERS.map((name) => [name, answer.headers[name]]))
        resolve({ status: answer.statusCode ?? 0, headers: kept as Answer['headers'], body: parsed(said) })
      },
    )
    outgoing.once('error', reject)
    outgoing.end(sent)
  })
}

function parsed(said: string): unknown {
  try {
    return JSON.parse(said)
  } catch {
    return said
  }
}
