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
export type { PullOptions } from './decisions/pull-options.js'
export type { PulledList, PullReport } from './decisions/pull-report.js'
export { ClientStoppedError, PartlyAddedError, QueueFullError, SendFailedError } from './errors.js'
export type { AddOptions, AddResult } from './intake/add-options.js'
export type { FilterReason } from './intake/address-filter.js'
export type { FilteredSignal } from './intake/check-signals.js'
export type { DedupOptions } from './intake/dedup-options.js'
export type { Preview, PreviewedSignal } from './intake/preview.js'
export type { PurgeFilter, RejectedFilter } from './kept-signals/dead-letter-filter.js'
export type { RejectedSignalInfo } from './kept-signals/dead-letters.js'
export type { Retention } from './kept-signals/retention.js'
export type { StartOptions } from './lifecycle/start-options.js'
export type { StopOptions } from './lifecycle/stop-options.js'
export type { StopReport } from './lifecycle/stop-report.js'
export type { EnrollOptions } from './machines/enroll-options.js'
export type { EnrollResult } from './machines/enroll-result.js'
export type { MachinesFilter } from './machines/list-machines.js'
export type { MachineInfo } from './machines/machine-info.js'
export type { Verification } from './machines/verify.js'
export type { ClientEventListener, ClientEventName, ClientEvents } from './observing/events.js'
export type { Logger } from './observing/logger.js'
export type { ClientStats } from './observing/stats.js'
export type { CapiClientOptions } from './options.js'
export type { EncryptionOption } from './sealing/encryption-option.js'
export { withEncryption } from './sealing/sealed-storage.js'
export type { SendOptions } from './sending/send-options.js'
export type { Problem, SendProgress, SendReport, StopReason } from './sending/send-report.js'
