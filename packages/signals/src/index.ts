export { type Address, parseAddress } from './address.js'
export type { AttackerInput, SourceInput } from './attacker.js'
export { type SignalContext, signalContextSchema } from './context.js'
export { type CreatedSignal, type CreateSignalInput, createSignal, type Instant } from './create-signal.js'
export { type SignalDecision, signalDecisionSchema } from './decision.js'
export {
  type AllowlistLink,
  allowlistLinkSchema,
  type BlocklistLink,
  blocklistLinkSchema,
  type DecisionStreamResponse,
  decisionStreamSchema,
  deletedDecisionsSchema,
  newDecisionsSchema,
} from './decision-stream.js'
export { durationToMs, formatDuration, parseDuration } from './duration.js'
export {
  CscapiError,
  type CscapiErrorOptions,
  InputError,
  type InputIssue,
  isCscapiError,
} from './errors.js'
export {
  enrollRequestSchema,
  errorResponseSchema,
  loginRequestSchema,
  loginResponseSchema,
  type MetricsRequest,
  metricsRequestSchema,
  registerRequestSchema,
  resetPasswordRequestSchema,
} from './machine-requests.js'
export { type IssueOptions, issuesOfSchema } from './options/issues.js'
export { CLIENT_NAMES, MACHINE_ID_NAMES } from './options/other-names.js'
export { readOptions } from './options/read-options.js'
export { type KeyAliases, suggestKey } from './options/suggest-key.js'
export { unknownKeyIssues } from './options/unknown-keys.js'
export { printable } from './printable.js'
export { printableUrl } from './printable-url.js'
export { PRIVATE_NETWORKS } from './private-networks.js'
export { scenarioRule } from './scenario.js'
export { type Signal, signalSchema } from './signal.js'
export { type Source, sourceSchema } from './source.js'
export { textRule } from './text.js'
export { compareTimestamps, formatTimestamp, parseTimestamp, type Timestamp } from './timestamp.js'
