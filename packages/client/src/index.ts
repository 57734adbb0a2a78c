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
  generateMachineIdFromKey,
  InputError,
  type InputIssue,
  isCscapiError,
  type PauseReason,
  StorageError,
} from '@cscapi/core'
export { type CreateSignalInput, createSignal, parseTimestamp, type Signal } from '@cscapi/signals'
export { CapiClient, type ClientStats, type GetDecisionsOptions } from './client.js'
export type { EnrollOptions, EnrollResult } from './enroll.js'
export { PartlyAddedError, SendFailedError } from './errors.js'
export type { ClientEventListener, ClientEventName, ClientEvents } from './events.js'
export type { CapiClientOptions } from './options.js'
export type { SendProgress, SendReport, StopReason } from './report.js'
export type { SendOptions } from './send.js'
export type { Verification } from './verify.js'
