import { InputError, type InputIssue, printable } from '@cscapi/signals'
import * as z from 'zod'
import { printableText } from '../../secrets/printable-text.js'
import type { CallOptions, Http } from '../../transport/http.js'

/** What an enrolment sends (CAPI v3 swagger `EnrollRequest`). */
export interface EnrollRequest {
  /** The token of the machine to enroll. A secret. */
  readonly token: string
  /** From the console. A secret. */
  readonly attachmentKey: string
  /** The name that the console shows. */
  readonly name?: string | undefined
  /** Repeated tags are sent once. */
  readonly tags?: readonly string[] | undefined
  /** Take the machine over from another account. Default: left out. */
  readonly overwrite?: boolean | undefined
}

/** What CAPI answered to an enrolment that it accepted. */
export interface EnrollAnswer {
  /** Whether the machine was enrolled before. */
  readonly status: 'enrolled' | 'already-enrolled'
  /** CAPI's message, cut to 1 KiB and without control characters; `undefined` where it has none. */
  readonly message: string | undefined
}

const answerSchema = z.looseObject({ message: z.string() })

/**
 * Checks what an enrolment needs.
 *
 * @throws InputError when the key or a tag breaks a rule of CAPI v3 swagger `EnrollRequest`; the
 * key is not shown.
 */
export function assertEnrollable(request: Pick<EnrollRequest, 'attachmentKey' | 'tags'>): void {
  const { attachmentKey, tags = [] }: { attachmentKey?: unknown; tags?: unknown } = request ?? {}
  const issues: InputIssue[] = []
  if (typeof attachmentKey !== 'string' || !/^[a-zA-Z0-9]+$/.test(attachmentKey)) {
    issues.push({
      path: 'attachmentKey',
      value: '[redacted]',
      rule: 'must be letters and digits, as the console shows it',
    })
  }
  if (!Array.isArray(tags)) issues.push({ path: 'tags', value: printable(tags), rule: 'must be a list' })
  const list: readonly unknown[] = Array.isArray(tags) ? tags : []
  list.forEach((tag, index) => {
    if (typeof tag === 'string' && tag !== '') return
    issues.push({ path: `tags[${index}]`, value: printable(tag), rule: 'must be text that is not empty' })
  })
  if (issues.length > 0) throw new InputError('Nothing was enrolled', issues)
}

/**
 * Enrolls a machine in the console (CAPI v3 swagger `POST /watchers/enroll`).
 *
 * @throws InputError before any call, see {@link assertEnrollable}
 */
export async function enroll(http: Http, request: EnrollRequest, options: CallOptions = {}): Promise<EnrollAnswer> {
  assertEnrollable(request)
  const { token, attachmentKey, name, tags, overwrite } = request
  const json = {
    attachment_key: attachmentKey,
    ...(name !== undefined && { name }),
    ...(tags !== undefined && { tags: [...new Set(tags)] }),
    ...(overwrite && { overwrite }),
  }
  const call = {
    endpoint: 'enroll',
    method: 'POST',
    path: '/watchers/enroll',
    json,
    token,
    secrets: [attachmentKey],
  } as const
  const { json: said } = await http.call({ ...options, ...call })
  const parsed = answerSchema.safeParse(said)
  const text = parsed.success ? parsed.data.message : undefined
  const message = text === undefined ? undefined : printableText(text, [attachmentKey, token])
  // Both come as 2xx: the message tells more surely than the code (docs/capi-protocol.md,
  // Enrolment).
  return { status: /already enrolled/i.test(text ?? '') ? 'already-enrolled' : 'enrolled', message }
}
