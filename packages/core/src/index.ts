export {
  type AuthenticateOptions,
  type FailingNote,
  MachineAuthenticator,
  type MachineAuthenticatorOptions,
} from './authenticate.js'
export { type Capi, type CapiOptions, connectionIssues, createCapi, SECRET_OPTIONS } from './capi.js'
export { type Clock, sleepUnlessAborted } from './clock.js'
export { type DecideContext, decide, type Outcome, SLOW_PATH_ATTEMPTS } from './decide.js'
export type { Decision, DecisionStream, DeletedDecision } from './decision-stream.js'
export type { Download, DownloadOptions } from './download.js'
export type { PullDecisionsRequest } from './endpoints/decisions.js'
export { assertEnrollable, type EnrollAnswer, type EnrollRequest } from './endpoints/enroll.js'
export type { Login, LoginRequest } from './endpoints/login.js'
export type { PushMetricsRequest } from './endpoints/metrics.js'
export type { RegisterRequest } from './endpoints/register.js'
export type { PushSignalsRequest } from './endpoints/signals.js'
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
  CscapiError,
  type CscapiErrorOptions,
  InputError,
  type InputIssue,
  isCscapiError,
  LoginBudgetError,
  type ResponseDetails,
  StorageError,
  type StorageErrorCode,
} from './errors.js'
export type { CallOptions, CapiRequestEvent, EndpointName } from './http.js'
export { getJsonState, type JsonStateValue, toJsonState } from './json-state.js'
export { assertKeys, type EncryptionKey, isSealed, Keyring } from './keyring.js'
export {
  FREE_ACCOUNT_LOGIN_BUDGET,
  LoginBudget,
  type LoginBudgetOptions,
  type LoginBudgetSettings,
  loginBudgetSchema,
} from './login-budget.js'
export { assertMachineId, generateMachineIdFromKey, type MachineIdOptions, machineIdRule } from './machine-id.js'
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
} from './machine-store.js'
export { abortSignalSchema, functionSchema, methodsSchema, milliseconds, tlsSettings } from './option-schemas.js'
export { generatePassword } from './password.js'
export { endPauses, extendPause, PAUSE_REASONS, type Pause, type PauseReason, pausedError, readPause } from './pause.js'
export { Secret } from './secret.js'
export { type StateLockOptions, withStateLock } from './state-lock.js'
export type { SetStateOptions, StateStore, StateValue } from './state-store.js'
export { readTokenClaims, type TokenClaims, tokenLifetimeMs } from './token.js'
export { type TransportOptions, type TransportWarning, transportFetch } from './transport.js'
export type { CertificateAuthorities } from './transport-ca.js'
export { turn } from './turn.js'
export { tokenFlaw } from './usable-token.js'
export { VERSION } from './user-agent.js'
