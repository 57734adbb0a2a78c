import { errorResponseSchema, parseJson } from '@cscapi/signals'
import { MAX_CHARACTERS } from '../secrets/printable-text.js'

/**
 * Reads what a server says in the body of a refusal, as it came: what it is about is told by all of
 * it, since what hides a secret may hide a word. Not to be shown.
 */
export function serverMessageOf(text: string): string | undefined {
  const body = parseJson(text)
  // The gateway in front of CAPI spells it with a capital in some of its answers.
  const named =
    typeof body === 'object' && body !== null && 'Message' in body ? { message: body.Message, ...body } : body
  const parsed = errorResponseSchema.safeParse(named)
  if (!parsed.success) return undefined
  const { message, errors } = parsed.data
  const detail =
    errors === undefined || errors === null ? '' : `: ${typeof errors === 'string' ? errors : JSON.stringify(errors)}`
  return `${message}${detail}`.slice(0, MAX_CHARACTERS)
}
