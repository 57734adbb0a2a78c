export {
  AbortedError,
  CapiAuthError,
  CapiForbiddenError,
  CapiNetworkError,
  CapiProtocolError,
  CapiRateLimitError,
  CapiResponseError,
  CapiTimeoutError,
  type Clock,
  CscapiError,
  type DecisionStream,
  type Environment,
  FREE_ACCOUNT_LOGIN_BUDGET,
  generateMachineIdFromKey,
  InputError,
  type InputIssue,
  isCscapiError,
  LoginBudgetError,
  type LoginBudgetOptions,
  type PauseReason,
  Secret,
  StorageError,
} from '@cscapi/core'
export { type CreateSignalInput, createSignal, parseTimestamp, type Signal } from '@cscapi/signals'
export { CapiClient } from './client.js'
export type { GetDecisionsOptions } from './decisions/get-decisions.js'
export type { PulledList } from './decisions/pull-lists.js'
export type { PullOptions, PullReport } from './decisions/pulled-decisions.js'
export { ClientStoppedError, PartlyAddedError, QueueFullError, SendFailedError } from './errors.js'
export type { FilterReason } from './intake/address-filter.js'
export type { FilteredSignal } from './intake/check-signals.js'
export type { DedupOptions } from './intake/dedup.js'
export type { AddOptions, AddResult } from './intake/intake.js'
export type { Preview, PreviewedSignal } from './intake/preview.js'
export type { PurgeFilter, RejectedFilter, RejectedSignalInfo } from './kept-signals/dead-letters.js'
export type { Retention } from './kept-signals/retention.js'
export type { StopOptions, StopReport } from './lifecycle/shutdown.js'
export type { StartOptions } from './lifecycle/start.js'
export type { EnrollOptions, EnrollResult } from './machines/enroll.js'
export type { MachineInfo, MachinesFilter } from './machines/machines.js'
export type { Verification } from './machines/verify.js'
export type { ClientEventListener, ClientEventName, ClientEvents } from './observing/events.js'
export type { Logger } from './observing/logger.js'
export type { ClientStats } from './observing/stats.js'
export type { CapiClientOptions } from './options.js'
export type { EncryptionOption } from './secrets/encryption-option.js'
export type { Problem } from './sending/problems.js'
export type { SendOptions } from './sending/send-due.js'
export type { SendProgress, SendReport, StopReason } from './sending/send-report.js'
