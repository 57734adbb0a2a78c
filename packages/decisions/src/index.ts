export type { ChangeListener, DecisionChange } from './change-feed.js'
export { DecisionSet } from './decision-set.js'
export { type DecisionMove, movesBetween } from './held/decision-moves.js'
export type { HeldAllowlist, HeldDecision, HeldDecisions } from './held/held-decisions.js'
export type { BanOptions } from './local/ban.js'
export {
  canonicalValue,
  type LocalDecision,
  type NewLocalDecision,
  newDecisionIssue,
  normalScope,
} from './local/local-decision.js'
export type { KeptLocalDecisions, LocalDecisionKeeper } from './local/local-keeper.js'
export type { ActiveDecision } from './lookup/active-decision.js'
export type { AskedAddress } from './lookup/asked-address.js'
export type { DecisionSetOptions, EntriesOptions } from './options.js'
export type { Lines } from './sources/list-input.js'
export type { DecisionSource } from './sources/list-sources.js'
export { MOST_UNREADABLE_LINES } from './sources/readable-lines.js'
export type { AllowlistInfo } from './sources/replace-allowlist.js'
export type { BlocklistInfo } from './sources/replace-blocklist.js'
export type { ApplyReport } from './sources/skipped.js'
export type { StreamAnswer } from './sources/stream-answer.js'
