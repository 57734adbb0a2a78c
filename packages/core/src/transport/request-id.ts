import { printableText } from '../secrets/printable-text.js'
import type { AnswerHeaders } from './answer.js'

/**
 * AWS's API gateway answers with the first two (docs/capi-protocol.md, Headers); whatever stands
 * before it, with the others.
 */
const HEADERS = ['x-amzn-requestid', 'x-amz-apigw-id', 'x-request-id', 'x-correlation-id', 'x-amzn-trace-id']

/**
 * Tells how an answer names itself, for a question to whoever sent it; `undefined` where it does
 * not, or by no plain word.
 */
export function requestIdOf(headers: AnswerHeaders, secrets: readonly string[]): string | undefined {
  for (const name of HEADERS) {
    const value = headers.get(name)
    if (value === null) continue
    const id = printableText(value, secrets)
    if (/^[\w.:=+/;-]{1,128}$/.test(id)) return id
  }
  return undefined
}
