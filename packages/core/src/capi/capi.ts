import { CLIENT_NAMES, issuesOfSchema, readOptions } from '@cscapi/signals'
import * as z from 'zod'
import { type Environment, isLoopback, readEnvironment, resolveBaseUrl } from '../environment.js'
import { InputError, type InputIssue } from '../errors.js'
import { type Download, type DownloadOptions, downloadList } from '../links/download.js'
import { abortSignalSchema, functionSchema, milliseconds, tlsSettings } from '../option-schemas.js'
import {
  linkFetch,
  type TransportOptions,
  type TransportWarning,
  transportFetch,
  transportIssues,
} from '../transport/transport.js'
import { prefixIssues, userAgentOf } from '../user-agent.js'
import type { DecisionStream } from './decision-stream/decision-stream.js'
import { type PullDecisionsRequest, pullDecisions } from './decisions.js'
import { type EnrollAnswer, type EnrollRequest, enroll } from './enroll.js'
import { type CallOptions, type CapiRequestEvent, Http } from './http.js'
import { type Login, type LoginRequest, login } from './login.js'
import { type PushMetricsRequest, pushMetrics } from './metrics.js'
import { type RegisterRequest, register } from './register.js'
import { type PushSignalsRequest, pushSignals } from './signals.js'

/** Options of {@link createCapi}. */
export interface CapiOptions extends TransportOptions {
  readonly environment: Environment
  /** Default: none. */
  readonly userAgentPrefix?: string | undefined
  /** Milliseconds for one call, its answer read to the end. Default 30,000. */
  readonly timeoutMs?: number | undefined
  /** Compress bodies over 5 KiB. Default false. */
  readonly gzip?: boolean | undefined
  /**
   * Default: the platform's. One of your own makes its own connections: it cannot stand beside `ca`
   * and `proxy`.
   */
  readonly fetch?: typeof fetch | undefined
  /** Epoch milliseconds: when an answer came. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Told of every request after it ended. */
  readonly onRequest?: ((event: CapiRequestEvent) => void) | undefined
  /** Told once of what an operator should change. */
  readonly onWarning?: ((warning: TransportWarning) => void) | undefined
}

/**
 * CAPI's calls, one try each: what to do about a failure is `decide`'s to say.
 * Each may throw CapiResponseError, CapiAuthError, CapiForbiddenError, CapiRateLimitError,
 * CapiNetworkError, CapiTimeoutError, CapiProtocolError, AbortedError.
 */
export interface Capi {
  readonly baseUrl: string
  readonly userAgent: string
  /** Not safe to repeat blindly: an id that CAPI knows is `already_registered`. */
  register(request: RegisterRequest, options?: CallOptions): Promise<void>
  /** Logins are counted per address; too many of them earn a ban (docs/capi-protocol.md, Bans). */
  login(request: LoginRequest, options?: CallOptions): Promise<Login>
  /** Safe to repeat: every signal keeps its uuid. */
  pushSignals(request: PushSignalsRequest, options?: CallOptions): Promise<void>
  pullDecisions(request: PullDecisionsRequest, options?: CallOptions): Promise<DecisionStream>
  /** @throws InputError, and CapiForbiddenError `attachment_key_refused` */
  enroll(request: EnrollRequest, options?: CallOptions): Promise<EnrollAnswer>
  pushMetrics(request: PushMetricsRequest, options?: CallOptions): Promise<void>
  /**
   * A list that an answer of the stream links to, line by line (docs/capi-protocol.md, Blocklists).
   * No token goes out. Every redirect is held to the same rules as the link itself: https, and no
   * address of a private network, unless CAPI itself is a loopback address.
   *
   * @throws CscapiError `download_refused` for a link that must not be followed, `download_failed`
   * (retryable) for trouble on the way, `download_too_large`; AbortedError; none of the errors
   * above. Reading `lines` throws them too.
   */
  downloadList(link: string, options?: DownloadOptions): Promise<Download>
}

/** Nothing of these is shown. */
export const SECRET_OPTIONS: ReadonlySet<string> = new Set([
  'ca',
  'proxy',
  'encryptionKey',
  'attachmentKey',
  'token',
  'password',
])

const settingsSchema = z.strictObject({
  ...tlsSettings,
  environment: z.unknown().optional(),
  userAgentPrefix: z.unknown().optional(),
  ca: z.unknown().optional(),
  proxy: z.unknown().optional(),
  timeoutMs: milliseconds.default(30_000),
  gzip: z.boolean().default(false),
  fetch: functionSchema<typeof fetch>().optional(),
  now: functionSchema<() => number>().optional(),
  onRequest: functionSchema<(event: CapiRequestEvent) => void>().optional(),
  onWarning: functionSchema<(warning: TransportWarning) => void>().optional(),
})

/** What is wrong with where CAPI is and how it is reached; no password is shown. */
export function connectionIssues(
  options: Partial<Pick<CapiOptions, 'environment' | 'userAgentPrefix' | 'ca' | 'proxy' | 'fetch'>>,
): InputIssue[] {
  const baseUrl = readEnvironment(options.environment)
  const isRead = typeof baseUrl === 'string'
  return [
    ...(isRead ? [] : baseUrl),
    ...prefixIssues(options.userAgentPrefix),
    ...transportIssues(isRead ? baseUrl : undefined, options),
  ]
}

/** @throws InputError that lists every option that is wrong, unknown ones too. */
export function createCapi(options: CapiOptions): Capi {
  const issues = issuesOfSchema(settingsSchema, options, { aliases: CLIENT_NAMES, secrets: SECRET_OPTIONS }) ?? []
  if (typeof options === 'object' && options !== null) issues.push(...connectionIssues(options))
  if (issues.length > 0) throw new InputError('CAPI cannot be called', issues)
  const { timeoutMs, gzip } = settingsSchema.parse(options)
  const baseUrl = resolveBaseUrl(options.environment)
  const userAgent = userAgentOf(options.userAgentPrefix)
  const fetch = transportFetch(baseUrl, options)
  const http = new Http({
    timeoutMs,
    gzip,
    baseUrl,
    userAgent,
    fetch,
    onRequest: options.onRequest,
    now: options.now ?? Date.now,
  })
  const links = {
    userAgent,
    fetch: linkFetch(baseUrl, options),
    allowLocal: isLoopback(new URL(baseUrl).hostname),
  }
  return {
    baseUrl,
    userAgent,
    register: checked(requestSchemas.register, (...call) => register(http, ...call)),
    login: checked(requestSchemas.login, (...call) => login(http, ...call)),
    pushSignals: checked(requestSchemas.pushSignals, (...call) => pushSignals(http, ...call)),
    pullDecisions: checked(requestSchemas.pullDecisions, (...call) => pullDecisions(http, ...call)),
    enroll: checked(requestSchemas.enroll, (...call) => enroll(http, ...call)),
    pushMetrics: checked(requestSchemas.pushMetrics, (...call) => pushMetrics(http, ...call)),
    downloadList: checked(requestSchemas.link, (...call) => downloadList(links, ...call), downloadSchema),
  }
}

/** A field that is new in a request has to be checked here, too. */
type Fields<Request> = Record<keyof Request, z.ZodType>

const text = z.string()
const requestSchemas = {
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
const downloadSchema = z
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

/** The call, once what it was given has the right form. */
function checked<Request, Options, Answer>(
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
