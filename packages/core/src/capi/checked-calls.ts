import { CLIENT_NAMES, readOptions } from '@cscapi/signals'
import * as z from 'zod'
import type { DownloadOptions } from '../links/download.js'
import { abortSignalSchema, milliseconds } from '../option-schemas.js'
import type { CallOptions } from '../transport/http.js'
import { SECRET_OPTIONS } from './capi-options.js'
import type { EnrollRequest } from './endpoints/enroll.js'
import type { LoginRequest } from './endpoints/login.js'
import type { PullDecisionsRequest } from './endpoints/pull-decisions.js'
import type { PushMetricsRequest } from './endpoints/push-metrics.js'
import type { PushSignalsRequest } from './endpoints/push-signals.js'
import type { RegisterRequest } from './endpoints/register.js'

/** A field that is new in a request has to be checked here, too. */
type Fields<Request> = Record<keyof Request, z.ZodType>

const text = z.string()
export const requestSchemas = {
  register: z.strictObject({ machineId: text, password: text } satisfies Fields<RegisterRequest>),
  login: z.strictObject({ machineId: text, password: text, scenarios: z.array(text) } satisfies Fields<LoginRequest>),
  // Not each of them: there are up to a thousand, and all are ours.
  pushSignals: z.strictObject({
    token: text,
    payloads: z.custom(Array.isArray, 'must be a list'),
  } satisfies Fields<PushSignalsRequest>),
  pullDecisions: z.strictObject({
    token: text,
    communityPull: z.boolean().optional(),
    additionalPull: z.boolean().optional(),
    startup: z.boolean().optional(),
  } satisfies Fields<PullDecisionsRequest>),
  enroll: z.strictObject({
    token: text,
    attachmentKey: text,
    name: text.optional(),
    tags: z.array(text).optional(),
    overwrite: z.boolean().optional(),
  } satisfies Fields<EnrollRequest>),
  pushMetrics: z.strictObject({ token: text, metrics: z.looseObject({}) } satisfies Fields<PushMetricsRequest>),
  link: text,
}
const callSchema = z
  .strictObject({ signal: abortSignalSchema.optional(), machineId: text.optional() } satisfies Fields<CallOptions>)
  .optional()
export const downloadSchema = z
  .strictObject({
    signal: abortSignalSchema.optional(),
    etag: text.optional(),
    lastModified: text.optional(),
    maxBytes: z.number().min(0).optional(),
    maxLineBytes: z.number().min(0).optional(),
    maxLines: z.number().min(0).optional(),
    idleTimeoutMs: milliseconds.optional(),
    timeoutMs: milliseconds.optional(),
  } satisfies Fields<DownloadOptions>)
  .optional()

/** Makes a call that looks first whether what it is given has the right form. */
export function checked<Request, Options, Answer>(
  schema: z.ZodType,
  call: (request: Request, options?: Options) => Promise<Answer>,
  optionsSchema: z.ZodType = callSchema,
): (request: Request, options?: Options) => Promise<Answer> {
  return async (request, options) => {
    readOptions('CAPI was not called', schema, request, { aliases: CLIENT_NAMES, secrets: SECRET_OPTIONS })
    readOptions('CAPI was not called', optionsSchema, options)
    return call(request, options)
  }
}
