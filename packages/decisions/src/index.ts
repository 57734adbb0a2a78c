export type { ChangeListener, DecisionChange } from './changes/change-feed.js'
export type { ApplyReport } from './changes/skipped.js'
export type { DecisionSource } from './contents/list-sources.js'
export { DecisionSet } from './decision-set.js'
export type { Lines } from './lists/list-input.js'
export { MOST_UNREADABLE_LINES } from './lists/readable-lines.js'
export type { AllowlistInfo } from './lists/replace-allowlist.js'
export type { BlocklistInfo } from './lists/replace-blocklist.js'
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
export type { StreamAnswer } from './stream/stream-answer.js'
export { type DecisionMove, movesBetween } from './views/decision-moves.js'
export type { HeldAllowlist, HeldDecision, HeldDecisions } from './views/held-decisions.js'
