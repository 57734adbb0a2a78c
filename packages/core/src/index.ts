export {
  CscapiError,
  type CscapiErrorOptions,
  InputError,
  type InputIssue,
  isCscapiError,
} from '@cscapi/signals'
export { type Capi, createCapi } from './capi/capi.js'
export { type CapiOptions, connectionIssues, SECRET_OPTIONS } from './capi/capi-options.js'
export { decide, SLOW_PATH_ATTEMPTS } from './capi/decide.js'
export type { Decision, DecisionStream, DeletedDecision } from './capi/decision-stream/decision-stream.js'
export type { EndpointName } from './capi/endpoints/endpoint-name.js'
export { assertEnrollable, type EnrollAnswer, type EnrollRequest } from './capi/endpoints/enroll.js'
export type { Login, LoginRequest } from './capi/endpoints/login.js'
export type { PullDecisionsRequest } from './capi/endpoints/pull-decisions.js'
export type { PushMetricsRequest } from './capi/endpoints/push-metrics.js'
export type { PushSignalsRequest } from './capi/endpoints/push-signals.js'
export type { RegisterRequest } from './capi/endpoints/register.js'
export { refusalText, retryAfterOf } from './capi/error-facts.js'
export type { DecideContext, Outcome } from './capi/outcome.js'
export { type Clock, sleepUnlessAborted } from './clock.js'
export { type Environment, isVersioned, resolveBaseUrl } from './environment.js'
export {
  AbortedError,
  CapiAuthError,
  CapiForbiddenError,
  CapiNetworkError,
  CapiProtocolError,
  CapiRateLimitError,
  CapiResponseError,
  CapiTimeoutError,
  LoginBudgetError,
  type ResponseDetails,
  StorageError,
  type StorageErrorCode,
} from './errors.js'
export type { Download, DownloadOptions } from './links/download.js'
export type { Conclusion, DuePause, FailedCall, FailingNote, Outcomes } from './machines/act-on-outcome.js'
export { type Authentication, MachineAuthenticator } from './machines/authenticate.js'
export type { AuthenticateOptions, MachineAuthenticatorOptions } from './machines/authenticator-options.js'
export {
  FREE_ACCOUNT_LOGIN_BUDGET,
  LoginBudget,
  type LoginBudgetOptions,
  type LoginBudgetSettings,
  loginBudgetSchema,
} from './machines/login-budget.js'
export {
  assertMachineId,
  generateMachineIdFromKey,
  type MachineIdOptions,
  machineIdRule,
} from './machines/machine-id.js'
export {
  FAILING_REASONS,
  type FailingReason,
  type Machine,
  type MachineFailing,
  type MachinePage,
  type MachinePatch,
  type MachineStore,
  type MachineToken,
  type NewMachine,
  type NewMachineToken,
} from './machines/machine-store.js'
export { generatePassword } from './machines/password.js'
export type { Refused } from './machines/refused.js'
export { readTokenClaims, type TokenClaims, tokenLifetimeMs } from './machines/token-claims.js'
export { tokenFlaw } from './machines/token-flaw.js'
export { abortSignalSchema, functionSchema, methodsSchema, milliseconds, tlsSettings } from './option-schemas.js'
export { inSlices } from './paging/in-slices.js'
export { pages } from './paging/pages.js'
export { assertKeys, type EncryptionKey } from './secrets/encryption-key.js'
export { isSealed, Keyring } from './secrets/keyring.js'
export { Secret } from './secrets/secret.js'
export { getJsonState, type JsonStateValue, toJsonState } from './state/json-state.js'
export { stateKeys } from './state/keys.js'
export {
  endPauses,
  extendPause,
  PAUSE_REASONS,
  type Pause,
  type PauseReason,
  pausedError,
  readPause,
} from './state/pause.js'
export { type StateLockOptions, withStateLock } from './state/state-lock.js'
export type { SetStateOptions, StateStore, StateValue } from './state/state-store.js'
export type { CertificateAuthorities } from './transport/authorities.js'
export { growingDelay, halfToAll } from './transport/backoff.js'
export type { CallOptions, CapiRequestEvent } from './transport/http.js'
export { type TransportOptions, type TransportWarning, transportFetch } from './transport/transport.js'
export { turn } from './turn.js'
export { VERSION } from './user-agent.js'
