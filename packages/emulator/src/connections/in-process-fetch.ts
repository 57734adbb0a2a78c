import { defaultMaxListeners, getMaxListeners, setMaxListeners } from 'node:events'
import type { EmulatorApp } from '../app.js'
import { InProcessConnection } from './in-process-connection.js'

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/**
 * Makes a `fetch` whose every request ends in the emulator, whatever its host; the network is never
 * touched.
 */
export function createFetch(app: EmulatorApp): typeof fetch {
  return async (input, init) => {
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined)
    signal?.throwIfAborted()
    allowManyListeners(signal)
    // Without the signal: a Request would tie one of its own to it, and thousands of those burden a
    // signal that lives long.
    const request =
      input instanceof Request && init === undefined ? input : new Request(input, { ...init, signal: null })
    const connection = new InProcessConnection(request, signal)
    const response = await orAborted(Promise.resolve(app.fetch(request, { connection })), signal)
    return REDIRECTS.has(response.status) && response.headers.has('location') ? redirected(request, response) : response
  }
}

/**
 * Rejects with the signal's reason as soon as it fires; the server goes on with what it has begun.
 */
function orAborted(answer: Promise<Response>, signal: AbortSignal | undefined): Promise<Response> {
  if (!signal) return answer
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

/** As Node's fetch does: many requests under way on one signal are no leak worth a warning. */
function allowManyListeners(signal: AbortSignal | undefined): void {
  if (signal && getMaxListeners(signal) === defaultMaxListeners) setMaxListeners(1500, signal)
}

function redirected(request: Request, response: Response): Response {
  if (request.redirect === 'manual') return response
  const reason =
    request.redirect === 'error' ? 'unexpected redirect' : 'the emulator follows redirects over HTTP only: use listen()'
  throw new TypeError('fetch failed', { cause: new Error(reason) })
}
