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
export type { PurgeFilter, RejectedFilter, RejectedSignalInfo } from './dead-letters.js'
export type { DedupOptions } from './dedup.js'
export type { EncryptionOption } from './encryption-option.js'
export type { EnrollOptions, EnrollResult } from './enroll.js'
export { ClientStoppedError, PartlyAddedError, QueueFullError, SendFailedError } from './errors.js'
export type { ClientEventListener, ClientEventName, ClientEvents } from './events.js'
export type { FilterReason } from './filter.js'
export type { GetDecisionsOptions } from './get-decisions.js'
export type { AddOptions, AddResult } from './intake.js'
export type { FilteredSignal } from './intake-check.js'
export type { Logger } from './logger.js'
export type { MachineInfo, MachinesFilter } from './machines.js'
export type { CapiClientOptions } from './options.js'
export type { Preview, PreviewedSignal } from './preview.js'
export type { Problem } from './problems.js'
export type { PullOptions, PullReport } from './pull-decisions.js'
export type { PulledList } from './pull-lists.js'
export type { SendProgress, SendReport, StopReason } from './report.js'
export type { Retention } from './retention.js'
export type { SendOptions } from './send.js'
export type { StopOptions, StopReport } from './shutdown.js'
export type { StartOptions } from './start.js'
export type { ClientStats } from './stats.js'
export type { Verification } from './verify.js'
