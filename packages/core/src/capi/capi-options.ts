import { CLIENT_NAMES, InputError, type InputIssue, issuesOfSchema } from '@cscapi/signals'
import * as z from 'zod'
import { type Environment, readEnvironment } from '../environment.js'
import { functionSchema, milliseconds, tlsSettings } from '../option-schemas.js'
import type { CapiRequestEvent } from '../transport/http.js'
import { type TransportOptions, type TransportWarning, transportIssues } from '../transport/transport.js'
import { prefixIssues } from '../user-agent.js'

/** Options of `createCapi`. */
export interface CapiOptions extends TransportOptions {
  /** Which CAPI: `'production'`, `'development'`, or `{ baseUrl }` with its version path. */
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

/** Options and fields that no error shows. */
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

/** Tells what is wrong with where CAPI is and how it is reached; no password is shown. */
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

/**
 * Reads the options, with defaults in place.
 *
 * @throws InputError that lists every option that is wrong, unknown ones too.
 */
export function readCapiOptions(options: CapiOptions): z.infer<typeof settingsSchema> {
  const issues = issuesOfSchema(settingsSchema, options, { aliases: CLIENT_NAMES, secrets: SECRET_OPTIONS }) ?? []
  if (typeof options === 'object' && options !== null) issues.push(...connectionIssues(options))
  if (issues.length > 0) throw new InputError('CAPI cannot be called', issues)
  return settingsSchema.parse(options)
}
