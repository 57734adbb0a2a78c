import type { ClientRequest, Agent as HttpAgent, IncomingMessage, RequestOptions } from 'node:http'
import type { Readable } from 'node:stream'
import { lazily } from '@cscapi/signals'
import type { Answer } from './answer.js'

/** A body that is ready, and what goes with it. */
export interface PostRequest {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array<ArrayBuffer>
  readonly signal: AbortSignal
}

/** How long an idle connection is kept, in milliseconds, unless the server says less. */
const IDLE_MS = 4_000

const platformFetch = globalThis.fetch

/**
 * Whether a POST may go past `fetch`: on Node, where nobody has put another `fetch` in its place or
 * told it to go elsewhere, as tests and programs behind a proxy do.
 */
export function isPlatformsWayDirect(): boolean {
  return isNode && globalThis.fetch === platformFetch && !isDispatchedElsewhere()
}

/** Bun, Deno and workerd have names of their own there, and Node 20 has nothing yet. */
const isNode = String(userAgentOfRuntime() ?? 'Node.js').startsWith('Node.js')

function userAgentOfRuntime(): unknown {
  const navigator: unknown = Reflect.get(globalThis, 'navigator')
  return typeof navigator === 'object' && navigator !== null ? Reflect.get(navigator, 'userAgent') : undefined
}

/** undici's `setGlobalDispatcher` leaves its dispatcher here; Node's own is a plain `Agent`. */
function isDispatchedElsewhere(): boolean {
  const dispatcher: unknown = Reflect.get(globalThis, Symbol.for('undici.globalDispatcher.1'))
  return typeof dispatcher === 'object' && dispatcher !== null && dispatcher.constructor.name !== 'Agent'
}

interface Way {
  readonly request: (url: string, options: RequestOptions) => ClientRequest
  readonly agent: HttpAgent
}

const plain = lazily(async (): Promise<Way> => {
  const { Agent, request } = await import('node:http')
  return { request, agent: new Agent({ keepAlive: true, timeout: IDLE_MS }) }
})

const secure = lazily(async (): Promise<Way> => {
  const { Agent, request } = await import('node:https')
  return { request, agent: new Agent({ keepAlive: true, timeout: IDLE_MS, rejectUnauthorized: true }) }
})

/** Posts by `node:http` or `node:https`; connections are kept, certificates are verified. */
export async function postDirectly(url: string, { headers, body, signal }: PostRequest): Promise<Answer> {
  const { request, agent } = await (url.startsWith('https:') ? secure() : plain())
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) }
    const call = request(url, { method: 'POST', agent, signal, headers: { ...headers, ...length } })
    call.on('error', reject)
    call.on('response', (message) => {
      answerOf(message).then(resolve, reject)
    })
    call.end(body)
  })
}

async function answerOf(message: IncomingMessage): Promise<Answer> {
  const { statusCode: status = 0, headers } = message
  return {
    status,
    ok: status >= 200 && status < 300,
    headers: {
      get(name) {
        const value = headers[name]
        return Array.isArray(value) ? value.join(', ') : (value ?? null)
      },
    },
    body: await decoded(message),
  }
}

/** Nothing was asked for but plain bytes; something in between may compress them all the same. */
async function decoded(message: IncomingMessage): Promise<Readable> {
  const encoding = message.headers['content-encoding']?.trim().toLowerCase()
  if (encoding === undefined || encoding === '' || encoding === 'identity') return message
  const [{ createBrotliDecompress, createUnzip }, { pipeline }] = await Promise.all([
    import('node:zlib'),
    import('node:stream'),
  ])
  // What cannot be decoded is an error of the stream that is read.
  return pipeline(message, encoding === 'br' ? createBrotliDecompress() : createUnzip(), () => undefined)
}
