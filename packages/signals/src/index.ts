export { ADDRESS_RULE, type Address, isAddressScope, parseAddress } from './addresses/address.js'
export { IpNetwork, maskOf } from './addresses/ip-network.js'
export { NetworkSet } from './addresses/network-set.js'
export type { Family, Words } from './addresses/parse-ip.js'
export { PRIVATE_NETWORKS } from './addresses/private-networks.js'
export { createSignal } from './create-signal/create-signal.js'
export type {
  AttackerInput,
  CreatedSignal,
  CreateSignalInput,
  Instant,
  SourceInput,
} from './create-signal/signal-input.js'
export {
  CscapiError,
  type CscapiErrorOptions,
  InputError,
  type InputIssue,
  isCscapiError,
} from './errors.js'
export { durationToMs, formatDuration, parseDuration } from './formats/duration.js'
export { parseJson } from './formats/json.js'
export { compareTimestamps, formatTimestamp, parseTimestamp, type Timestamp } from './formats/timestamp.js'
export { type IssueOptions, issuesOfSchema } from './options/issues.js'
export { lazily } from './options/lazily.js'
export { CLIENT_NAMES, MACHINE_ID_NAMES } from './options/other-names.js'
export { readOptions } from './options/read-options.js'
export { type KeyAliases, suggestKey } from './options/suggest-key.js'
export { unknownKeyIssues } from './options/unknown-keys.js'
export { oneLine } from './printable/one-line.js'
export { printable } from './printable/printable.js'
export { printableUrl } from './printable/printable-url.js'
export { scenarioRule } from './validation/scenario-rule.js'
export { textRule } from './validation/text-rule.js'
export { type SignalContext, signalContextSchema } from './wire/context.js'
export { type SignalDecision, signalDecisionSchema } from './wire/decision.js'
export {
  type AllowlistLink,
  allowlistLinkSchema,
  type BlocklistLink,
  blocklistLinkSchema,
  type DecisionStreamResponse,
  decisionStreamSchema,
  deletedDecisionsSchema,
  newDecisionsSchema,
} from './wire/decision-stream.js'
export {
  enrollRequestSchema,
  errorResponseSchema,
  loginRequestSchema,
  loginResponseSchema,
  type MetricsRequest,
  metricsRequestSchema,
  registerRequestSchema,
  resetPasswordRequestSchema,
} from './wire/machine-requests.js'
export { type Signal, signalSchema } from './wire/signal.js'
export { type Source, sourceSchema } from './wire/source.js'
