import { InputError, isCscapiError } from '@cscapi/client'
import type { Context } from 'hono'
import type { Refusal } from '../access/gate.js'
import type { ErrorAnswer } from '../api/answers.js'

/** Says no. */
export function refused(c: Context, { status, code, message, retryAfterMs }: Refusal): Response {
  if (retryAfterMs !== undefined) c.header('retry-after', String(Math.ceil(retryAfterMs / 1_000)))
  if (status === 401) c.header('www-authenticate', 'Bearer')
  return failed(c, status, code, message)
}

/**
 * Makes an answer that says what went wrong, and nothing that is secret: messages of ours hold
 * none.
 */
export function failed(
  c: Context,
  status: 400 | 401 | 403 | 404 | 413 | 429 | 500 | 503,
  code: string,
  message: string,
): Response {
  return c.json({ error: { code, message } } satisfies ErrorAnswer, status)
}

/**
 * Gives what a call of the client threw, as an answer. Errors of other programs keep their text.
 */
export function thrown(c: Context, error: unknown): Response {
  if (!isCscapiError(error)) return failed(c, 500, 'failed', 'The request failed; the log of the server may say why.')
  return failed(c, error instanceof InputError ? 400 : 503, error.code, error.message)
}
